/** `npx pulumi-freebsd enter`: a program in a running jail, with this terminal. */
import { enterJail } from "../freebsd/enter.js";
import { parseJail, showJail } from "../freebsd/jls.js";
import { jailName } from "../freebsd/names.js";
import type { HostSpec } from "../host/host-spec.js";
import { openSession } from "../host/open.js";
import { parseHost } from "../host/parse-host.js";
import { openTerminal } from "../host/terminal.js";
import { findResource } from "./find.js";
import { readState } from "./state.js";
import { joinTerminal, type Seat, windowOf } from "./terminal.js";
import { splitWords } from "./words.js";

export const usage = `usage: pulumi-freebsd enter [--stack NAME | --state FILE | --host URL] JAIL [COMMAND...]

Runs a command in a running jail as its root; without one, /bin/sh.
  --stack NAME  a stack of the project in the current directory; default: the selected one
  --state FILE  a state that "pulumi stack export" wrote, in the place of a stack
  --host URL    e.g. ssh://root@jailhost1.example.org: any jail of that host, by its name there
Ends with the command's exit status.
`;

const options = {
  stack: { type: "string" },
  state: { type: "string" },
  host: { type: "string" },
} as const;

/** Undefined when the words are not as the usage says. */
export async function enter(words: readonly string[], seat?: Seat): Promise<number | undefined> {
  const parsed = splitWords(words, options);
  if (parsed?.name === undefined || Object.keys(parsed.values).length > 1) return undefined;
  const { name, spec } = await findJail(parsed.values, parsed.name);
  return await enterRunning(spec, name, parsed.rest, seat);
}

async function findJail(
  { stack, state: file, host }: { stack?: string; state?: string; host?: string },
  name: string,
): Promise<{ name: string; spec: HostSpec }> {
  if (host !== undefined) return { name: jailName.parse(name), spec: parseHost(host) };
  const state = await readState({ file, stack });
  const { resource, spec } = findResource(state, "Jail", "name", name);
  return { name: `${resource.outputs.name}`, spec };
}

/** Runs a program, or a shell, in a jail that runs; resolves with its exit status. */
export async function enterRunning(
  spec: HostSpec,
  name: string,
  program: readonly string[],
  seat: Seat = process,
): Promise<number> {
  const [shown] = await openSession(spec).observe([showJail(name)]);
  if (shown === undefined || parseJail(shown, name) === undefined) {
    throw new Error(`jail ${name} does not run on ${spec.name}: pulumi up starts it.`);
  }
  const command = enterJail(name, program.length === 0 ? ["/bin/sh"] : program);
  return await joinTerminal(await openTerminal(spec, command, windowOf(seat)), seat);
}
