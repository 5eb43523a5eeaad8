/**
 * The crash sweep of moves: the connection to one of both machines, or to both, is cut around the programs that a
 * machine starts. At no moment two copies run; another run must end as if nothing had happened, on both machines.
 */
import { expect, it } from "vitest";
import { compareSnapshots } from "../embedded-host/index.js";
import { generateKeys } from "../embedded-host/server.js";
import { endOf, withoutLives } from "./ends.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { type Options, type Pair, startPair, watchForTwins } from "./moves.js";
import { makePackage, removePackages } from "./packages.js";
import { baseOf, jail, rangeOf } from "./programs.js";
import { makeScene, type Scene } from "./scene.js";
import type { When } from "./sweep.js";
import { pickPlaces, sitesOf, thinOut } from "./sweep-sites.js";
import { line, stopWorlds, type World } from "./world.js";

export interface MoveFlow {
  readonly options: Options;
  readonly more: Properties;
  readonly shared?: boolean;
  /** Whether it has a layer, of a package that only the first machine has. */
  readonly layers?: boolean;
  /** Flows that do much of the same: at sites that they have, too, this one is cut less often. */
  readonly like?: readonly MoveFlow[];
}

/** Which machine starts the program at which the cut is made. */
type At = "a" | "b";
/** `healed`: it can be reached again at once. `lost`: not until the run has ended. `killed`: neither can. */
type Loss = "healed" | "lost" | "killed";

/** How the connection is cut, and what becomes of the machines. */
const cuts: [string, When, Loss][] = [
  ["before, and the provider is killed", { when: "before", killShell: true }, "killed"],
  ["after, and the machine is lost", { when: "after" }, "lost"],
  ["after, for a moment", { when: "after" }, "healed"],
  ["silently after, and the provider is killed", { when: "after", silent: true }, "killed"],
];

interface Place {
  readonly at: At;
  /** Of the program on that machine, from 1. */
  readonly number: number;
  readonly site: string;
}

/** A move without faults: what both machines are like after it, and the sites of what they started. */
interface Rehearsal {
  readonly expected: Pictures;
  readonly sites: Readonly<Record<At, readonly string[]>>;
}

/** Bases and ranges are there on both machines: what is cut is the jail's own move. */
function program(
  { a, b }: Pair,
  { more }: MoveFlow,
  where: At,
  layers: readonly object[],
): Declaration[] {
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
  const declared = jail({ a, b }[where].login, "web", { keepOld: 0, layers, ...more });
  const inputs = (outputs: Record<string, Properties>) => ({
    ...declared.inputs(outputs),
    base: baseOf(outputs, `base-${where}`),
    addresses: [rangeOf(outputs, `lan-${where}`)],
  });
  return [...both, { ...declared, inputs }];
}

/** Links name the machines by their keys. */
const [hostKey, otherKey] = [1, 2].map(() => generateKeys().private) as [string, string];

/** A flow before its move. */
interface Beginning extends Scene {
  readonly flow: MoveFlow;
  readonly pair: Pair;
  /** What the machines were like before anything of ours. */
  readonly before: Pictures;
  readonly layers: readonly object[];
  /** What was seen on both machines at once. */
  readonly twins: string[];
  /** Ends from which all was settled and taken down. */
  readonly settled: Set<string>;
}

async function prepare(flow: MoveFlow): Promise<Beginning> {
  const options = { speed: 1000, dialErrorLimit: 0, hostKey, ...flow.options };
  const pair = await startPair(options, flow.shared, { hostKey: otherKey });
  const before = pictures(pair);
  const stack = new Stack();
  const layers = flow.layers === true ? [await makeLayer(pair.a)] : [];
  await stack.up(program(pair, flow, "a", layers));
  await removePackages(pair.a.host);
  await pair.a.host.run("jexec web sh -c 'echo hi >/root/mine'");
  const scene = await makeScene([pair.a, pair.b], stack);
  const twins = watchForTwins(pair);
  return { flow, pair, before, layers, twins, settled: new Set(), ...scene };
}

async function makeLayer({ host }: World): Promise<object> {
  const files = { "etc/shells": "/bin/sh\n", "usr/local/etc/app.conf": "port 1\n" };
  const { file, sha256 } = await makePackage(host, { files });
  return { path: file, sha256 };
}

const pictures = ({ a, b }: Pair) => [a.host.snapshot(), b.host.snapshot()] as const;
type Pictures = ReturnType<typeof pictures>;

const rehearsals = new WeakMap<MoveFlow, Promise<Rehearsal>>();

function rehearse(flow: MoveFlow): Promise<Rehearsal> {
  const known = rehearsals.get(flow) ?? runWhole(flow);
  rehearsals.set(flow, known);
  return known;
}

async function runWhole(flow: MoveFlow): Promise<Rehearsal> {
  const { pair, layers, begin } = await prepare(flow);
  const stack = await begin();
  const begun = { a: pair.a.host.log.length, b: pair.b.host.log.length };
  await stack.up(program(pair, flow, "b", layers));
  const sites = (at: At) => sitesOf(pair[at].host.log.slice(begun[at]));
  const rehearsal = { expected: pictures(pair), sites: { a: sites("a"), b: sites("b") } };
  await stopWorlds();
  return rehearsal;
}

/** Each so-manieth of the places that a flow shares with others, or at which nothing is changed, is cut. */
const sharing = 16;

/** Programs that only look, or lock: a cut at one of them leaves what a cut at the next one leaves. */
const looking =
  /^(mkdir -p -m|lockf|stat|readlink|jls|cat #|find|grep|mount -p|ifconfig -f|sysrc -n|date|du|df|ls|tr|sed|sort|tail|ps|id|uname|head|timeout|zfs (list|get))(?= |$)/;

/** Tests of flows that are cut at every site of either machine: neighbours by different kinds of cuts. */
export function sweepMoves(flows: Record<string, MoveFlow>): void {
  const entries = Object.entries(flows).map(([name, flow], turn) => [name, flow, turn] as const);
  it.each(entries)("%s, cut everywhere", { timeout: 600_000 }, async (_, flow, turn) => {
    const places = await placesOf(flow, turn);
    expect(places.length).toBeGreaterThan(10);
    const failures: string[] = [];
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    let beginning = await prepare(flow);
    for (const [index, place] of places.entries()) {
      const [kind, when, loss] = cuts[(index + turn) % cuts.length]!;
      const telling = async (error: Error & { actual?: unknown }) => {
        const { at, number, site } = place;
        const where = `on ${at} at ${number} (${site.split(" | ")[1]})`;
        failures.push(`cut ${kind} ${where}: ${error.message} ${JSON.stringify(error.actual)}`);
        // Whatever went wrong stays there.
        await stopWorlds();
        beginning = await prepare(flow);
      };
      await moveWithCut(beginning, { ...place, when, loss }).catch(telling);
    }
    Error.stackTraceLimit = stackTraceLimit;
    console.log(`${places.length} cuts, ${beginning.settled.size} ends`);
    expect(failures).toEqual([]);
  });
}

async function placesOf(flow: MoveFlow, turn: number): Promise<Place[]> {
  const { sites } = await rehearse(flow);
  const others: Rehearsal[] = [];
  for (const other of flow.like ?? []) others.push(await rehearse(other));
  return (["a", "b"] as const).flatMap((at) => {
    const known = new Set(others.flatMap((other) => other.sites[at]));
    const isKnown = (number: number) => {
      const site = sites[at][number - 1]!;
      return known.has(site) || looking.test(site.split(" | ")[1]!.trim());
    };
    const numbers = thinOut(pickPlaces(sites[at]), isKnown, sharing, turn);
    return numbers.map((number) => ({ at, number, site: sites[at][number - 1]! }));
  });
}

async function moveWithCut(
  { flow, pair, before, layers, twins, settled, begin }: Beginning,
  cut: { at: At; number: number; when: When; loss: Loss },
): Promise<void> {
  const { expected } = await rehearse(flow);
  const stack = await begin();
  twins.length = 0;
  const run = () => stack.up(program(pair, flow, "b", layers));
  await interrupt(pair, run, cut);
  await run();
  expect(twins, "two copies").toEqual([]);
  expect(await line(pair.b.host, "jexec web cat /root/mine")).toBe("hi");
  expect(differences(expected, pictures(pair))).toEqual([]);
  expect([...pair.a.host.defects, ...pair.b.host.defects]).toEqual([]);
  const end = `${cut.loss} ${endOf([pair.a, pair.b], stack, isLeftOut)}`;
  if (settled.has(end)) return;
  await stack.refresh();
  const steps = Object.values(await run());
  expect(steps.every((step) => step === "same")).toBe(true);
  await stack.destroy();
  const after = pictures(pair);
  const left = before.flatMap((each, i) => compareSnapshots(each, after[i]!));
  // The boot list of a machine with shared storage is left as an empty one.
  expect(
    flow.shared === true ? left.filter((each) => !each.includes("/etc/rc.conf")) : left,
  ).toEqual([]);
  expect([...pair.a.host.defects, ...pair.b.host.defects]).toEqual([]);
  settled.add(end);
}

/** One run that loses its machines. */
async function interrupt(
  pair: Pair,
  run: () => Promise<unknown>,
  { at, number, when, loss }: { at: At; number: number; when: When; loss: Loss },
): Promise<void> {
  const gone: World[] = loss === "healed" ? [] : loss === "lost" ? [pair[at]] : [pair.a, pair.b];
  // Connections that are open stay; once they are cut, there are no others.
  const heal = await Promise.all(gone.map(({ host }) => host.faults.unreachable()));
  void pair[at].host.faults.cut({ at: number, ...when }).then(() => {
    for (const { host } of gone) host.faults.cutNow(when.silent ? { silent: true } : {});
  });
  await run().catch(() => undefined);
  await Promise.all(heal.map((each) => each()));
  for (const { host } of [pair.a, pair.b]) host.faults.clear();
}

/** What differs, but for process numbers that daemons write down, the lives of bases, and times in images. */
function differences(expected: Pictures, found: Pictures): string[] {
  return expected.flatMap((each, i) =>
    compareSnapshots(withoutLives(each), withoutLives(found[i]!)).filter(
      (text) => !isLeftOut(text),
    ),
  );
}

const isLeftOut = (change: string): boolean =>
  /\/var\/run\/\w+\.pid |^~ \S+\.img(\/image)? /.test(change);
