/** Two machines, and a program that has a jail on one of them. */
import { createSharedVolume, type EmbeddedHost } from "../embedded-host/index.js";
import { type Declaration, type Properties, Stack } from "./engine.js";
import { base, jail, range } from "./programs.js";
import { startWorld, type World } from "./world.js";

export type Options = Parameters<typeof startWorld>[0];

export interface Pair {
  readonly a: World;
  readonly b: World;
}

export const place = "/usr/local/jails/containers/web";

/** Two machines, which differ in their uuid; `shared`: their jails lie on the same storage. */
export async function startPair(options: Options = {}, shared = false): Promise<Pair> {
  const on = "/usr/local/jails";
  if (!shared)
    return { a: await startWorld(options), b: await startWorld({ seed: 2, ...options }) };
  const storage = await startWorld({ seed: 3, dist: false });
  const volume = createSharedVolume(storage.host);
  const more = { ...options, shared: { on, volume } };
  return { a: await startWorld(more), b: await startWorld({ seed: 2, ...more }) };
}

/** All that is declared is on that machine. */
export const on = (
  { login }: World,
  more: Properties = {},
  ofBase: Properties = more.type === "thin" ? { kind: "split" } : {},
): Declaration[] => [base(login, ofBase), range(login), jail(login, "web", more)];

export const line = async (host: EmbeddedHost, command: string): Promise<string> =>
  (await host.run(command)).stdout.trim();

export const runs = async (host: EmbeddedHost): Promise<boolean> =>
  (await host.run("jls -j web jid")).status === 0;

/** The jail is on the first machine, with a file of its owner's. */
export async function prepareMove(options: Options = {}, more: Properties = {}, shared = false) {
  const pair = await startPair(options, shared);
  await pair.a.host.run("mkdir -p /srv/www");
  const before = [pair.a.host.snapshot(), pair.b.host.snapshot()] as const;
  const stack = new Stack();
  await stack.up(on(pair.a, more));
  await pair.a.host.run("jexec web sh -c 'echo hi >/root/mine; ln /root/mine /root/same'");
  return { ...pair, stack, before };
}
