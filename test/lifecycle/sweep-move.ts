/**
 * The crash sweep of moves: the connection to one of both machines, or to both, is cut around the programs that a
 * machine starts. At no moment two copies run; another run must end as if nothing had happened, on both machines.
 */
import { expect } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { line, type Options, type Pair, runs, startPair } from "./moves.js";
import { baseOf, jail, rangeOf } from "./programs.js";
import type { When } from "./sweep.js";
import { stopWorlds, type World } from "./world.js";

export interface MoveFlow {
  readonly options: Options;
  readonly more: Properties;
  readonly shared?: boolean;
}

/** Which machine starts the program at which the cut is made. */
export type At = "a" | "b";
/** `healed`: it can be reached again at once. `lost`: not until the run has ended. `killed`: neither can. */
export type Loss = "healed" | "lost" | "killed";

/** Bases and ranges are there on both machines: what is cut is the jail's own move. */
function program({ a, b }: Pair, { more }: MoveFlow, where: At): Declaration[] {
  const kind = more.type === "thin" ? { kind: "split" } : {};
  const both = Object.entries({ a, b }).flatMap(([name, { login: host }]): Declaration[] => [
    {
      kind: "BaseRelease",
      name: `base-${name}`,
      inputs: () => ({ host, release: "15.1-RELEASE", ...kind }),
    },
    {
      kind: "IpRange",
      name: `lan-${name}`,
      inputs: () => ({ host, cidr: "10.20.0.0/28", interface: "vtnet0" }),
    },
  ]);
  const declared = jail({ a, b }[where].login, "web", { keepOld: 0, ...more });
  const inputs = (outputs: Record<string, Properties>) => ({
    ...declared.inputs(outputs),
    base: baseOf(outputs, `base-${where}`),
    addresses: [rangeOf(outputs, `lan-${where}`)],
  });
  return [...both, { ...declared, inputs }];
}

async function prepare(flow: MoveFlow) {
  const pair = await startPair({ speed: 1000, dialErrorLimit: 0, ...flow.options }, flow.shared);
  const before = pictures(pair);
  const stack = new Stack();
  await stack.up(program(pair, flow, "a"));
  await pair.a.host.run("jexec web sh -c 'echo hi >/root/mine'");
  return { pair, stack, before };
}

const pictures = ({ a, b }: Pair) => [a.host.snapshot(), b.host.snapshot()] as const;
type Pictures = ReturnType<typeof pictures>;

/** How many programs each machine starts for a move, and what is there then. */
export async function measureMove(flow: MoveFlow) {
  const { pair, stack } = await prepare(flow);
  const begun = { a: pair.a.host.log.length, b: pair.b.host.log.length };
  await stack.up(program(pair, flow, "b"));
  const count = (at: At) => pair[at].host.log.length - begun[at];
  const measured = { counts: { a: count("a"), b: count("b") }, expected: pictures(pair) };
  await stopWorlds();
  return measured;
}

export async function moveWithCut(
  flow: MoveFlow,
  expected: Pictures,
  cut: { at: At; number: number; when: When; loss: Loss },
): Promise<void> {
  const { pair, stack, before } = await prepare(flow);
  await interrupt(pair, stack, flow, cut);
  const running = await Promise.all([pair.a, pair.b].map(({ host }) => runs(host)));
  expect(running, "two copies").not.toEqual([true, true]);
  await stack.up(program(pair, flow, "b"));
  expect(await line(pair.b.host, "jexec web cat /root/mine")).toBe("hi");
  expect(differences(expected, pictures(pair))).toEqual([]);
  await stack.refresh();
  const steps = Object.values(await stack.up(program(pair, flow, "b")));
  expect(steps.every((step) => step === "same")).toBe(true);
  await stack.destroy();
  const after = pictures(pair);
  const left = before.flatMap((each, i) => compareSnapshots(each, after[i]!));
  // The boot list of a machine with shared storage is left as an empty one.
  expect(
    flow.shared === true ? left.filter((each) => !each.includes("/etc/rc.conf")) : left,
  ).toEqual([]);
  expect([...pair.a.host.defects, ...pair.b.host.defects]).toEqual([]);
  await stopWorlds();
}

/** One run that loses its machines. */
async function interrupt(
  pair: Pair,
  stack: Stack,
  flow: MoveFlow,
  { at, number, when, loss }: { at: At; number: number; when: When; loss: Loss },
): Promise<void> {
  const gone: World[] = loss === "healed" ? [] : loss === "lost" ? [pair[at]] : [pair.a, pair.b];
  // Connections that are open stay; once they are cut, there are no others.
  const heal = await Promise.all(gone.map(({ host }) => host.faults.unreachable()));
  void pair[at].host.faults.cut({ at: number, ...when }).then(() => {
    for (const { host } of gone) host.faults.cutNow(when.silent ? { silent: true } : {});
  });
  await stack.up(program(pair, flow, "b")).catch(() => undefined);
  await Promise.all(heal.map((each) => each()));
  for (const { host } of [pair.a, pair.b]) host.faults.clear();
}

/** What differs, but for process numbers that daemons write down, and the lives of bases. */
function differences(expected: Pictures, found: Pictures): string[] {
  return expected.flatMap((each, i) =>
    compareSnapshots(withoutLives(each), withoutLives(found[i]!)).filter(
      (text) => !/\/var\/run\/\w+\.pid /.test(text),
    ),
  );
}

/** Random numbers of bases' lives, and how often a jail was handed over. */
function withoutLives(state: Pictures[0]): Pictures[0] {
  const text = JSON.stringify(state).replace(/(::base-[ab])#[0-9a-f]{8}/g, "$1");
  return JSON.parse(text) as Pictures[0];
}
