/** `npx pulumi-freebsd enter`: a program in a running jail, with this terminal. */
import { enterJail } from "../freebsd/enter.js";
import { parseJail, showJail } from "../freebsd/jls.js";
import { jailName } from "../freebsd/names.js";
import type { HostSpec } from "../host/host-spec.js";
import { openSession } from "../host/open.js";
import { openTerminal } from "../host/terminal.js";
import {
  findResource,
  findWhere,
  isOnePlace,
  placeOptions,
  placeUsage,
  type Where,
} from "./find.js";
import { readSettings } from "./settings.js";
import { joinTerminal, type Seat, windowOf } from "./terminal.js";
import { splitWords } from "./words.js";

export const usage = `usage: pulumi-freebsd enter [--stack NAME | --state FILE | --host URL] JAIL [COMMAND...]

Runs a command in a running jail as its root; without one, /bin/sh. With a host, JAIL is its name there.
${placeUsage}
Ends with the command's exit status.
`;

/** Undefined when the words are not as the usage says. */
export async function enter(words: readonly string[], seat?: Seat): Promise<number | undefined> {
  const parsed = splitWords(words, placeOptions);
  if (parsed?.name === undefined || !isOnePlace(parsed.values)) return undefined;
  const where = await findWhere(parsed.values, readSettings());
  const { name, spec } = findJail(where, parsed.name);
  return await enterRunning(spec, name, parsed.rest, seat);
}

function findJail(where: Where, name: string): { name: string; spec: HostSpec } {
  if ("named" in where) return { name: parseJailName(name), spec: where.named.spec };
  const { resource, spec } = findResource(where.state, "Jail", "name", name);
  return { name: `${resource.outputs.name}`, spec };
}

function parseJailName(name: string): string {
  const { success, error } = jailName.safeParse(name);
  if (!success) throw new Error(`${name}: ${error.issues[0]?.message}`);
  return name;
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
