/** Two machines, and a program that has a jail on one of them. */
import { createSharedVolume, type EmbeddedHost, type LogEntry } from "../embedded-host/index.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { startWorld, type World } from "./world.js";

export type Options = Parameters<typeof startWorld>[0];

export interface Pair {
  readonly a: World;
  readonly b: World;
}

export const place = "/usr/local/jails/containers/web";

/**
 * Two machines, which differ in their uuid; `shared`: their jails lie on the same storage. `second`: options of the
 * second one alone.
 */
export async function startPair(
  options: Options = {},
  shared = false,
  second: Options = {},
): Promise<Pair> {
  const on = "/usr/local/jails";
  if (!shared) {
    const a = await startWorld(options);
    return { a, b: await startWorld({ seed: 2, ...options, ...second }) };
  }
  const storage = await startWorld({ seed: 3, dist: false });
  const volume = createSharedVolume(storage.host);
  const more = { ...options, shared: { on, volume } };
  return { a: await startWorld(more), b: await startWorld({ seed: 2, ...more, ...second }) };
}

/** All that is declared is on that machine. */
export const on = (
  { login }: World,
  more: Properties = {},
  ofBase: Properties = more.type === "thin" ? { kind: "split" } : {},
): Declaration[] => [base(login, ofBase), range(login), jail(login, "web", more)];

export const runs = async (host: EmbeddedHost): Promise<boolean> =>
  (await host.run("jls -j web jid")).status === 0;

/** Whether a command starts a jail. */
export const isStart = (argv: readonly string[]): boolean =>
  argv[0] === "jail" && argv.includes("-c");

/**
 * Looks at both machines whenever one of them starts a program: what is on both at that moment, of jails and of addresses
 * of the range. Nothing may ever be.
 */
export function watchForTwins({ a, b }: Pair): string[] {
  const twins: string[] = [];
  const of = ({ host: { machine } }: World) => [
    ...[...machine.jails.values()].filter(({ dying }) => !dying).map(({ name }) => `jail ${name}`),
    ...[...machine.interfaces.values()].flatMap(({ inet }) =>
      inet.map(({ address }) => address).filter((address) => address.startsWith("10.20.")),
    ),
  ];
  for (const { host } of [a, b]) {
    const push = host.log.push.bind(host.log);
    (host.log as LogEntry[]).push = (...entries) => {
      const there = new Set(of(b));
      twins.push(...of(a).filter((each) => there.has(each)));
      return push(...entries);
    };
  }
  return twins;
}

/** The jail is on the first machine, with a file of its owner's. */
export async function prepareMove(
  options: Options = {},
  more: Properties = {},
  shared = false,
  second: Options = {},
) {
  const pair = await startPair(options, shared, second);
  await pair.a.host.run("mkdir -p /srv/www");
  const before = [pair.a.host.snapshot(), pair.b.host.snapshot()] as const;
  const stack = new Stack();
  await stack.up(on(pair.a, more));
  await pair.a.host.run("jexec web sh -c 'echo hi >/root/mine; ln /root/mine /root/same'");
  return { ...pair, stack, before };
}
