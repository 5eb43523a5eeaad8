/** jls(8): running jails and their parameters, as libxo JSON. */
import { z } from "zod";
import { formatAddress, parseAddress } from "./address.js";
import { type Command, type CommandResult, look } from "./command.js";
import { misread } from "./lines.js";
import { once } from "./once.js";

export interface RunningJail {
  readonly jid: number;
  readonly name: string;
  readonly path: string;
  readonly hostname: string;
  readonly dying: boolean;
  readonly osrelease: string;
  readonly addresses: readonly string[];
  /** Kernel parameters: booleans for flags, text for the rest. Lists are left out. */
  readonly parameters: ReadonlyMap<string, string | boolean>;
}

/** All running jails. */
export const listJails = look(["jls", "--libxo", "json", "-n"], { unguarded: true });

/** One running jail by name; status 1 when it does not run. Wide: all running jails. */
export function showJail(name: string): Command {
  const pick = (result: CommandResult): CommandResult => {
    const jails = parseAll(result)?.filter((jail) => jail.name === name);
    if (jails === undefined) return result;
    const stdout = JSON.stringify({ "jail-information": { jail: jails } });
    return { status: jails.length > 0 ? 0 : 1, stdout, stderr: "" };
  };
  return look(["jls", "--libxo", "json", "-n", "-j", name], { wide: { command: listJails, pick } });
}

const parseAll = once((result) => parseList(result.stdout));

/** Names of all running jails. */
export function parseNames(result: CommandResult): Set<string> {
  const jails = parseAll(result);
  if (jails === undefined) throw misread("jls", result.stderr || result.stdout);
  return new Set(jails.map(({ name }) => name));
}

/** Names of other jails than `name` and its children whose root is `path`, or lies below it. */
export function parseTenants(result: CommandResult, path: string, name: string): string[] {
  const jails = parseAll(result);
  if (jails === undefined) throw misread("jls", result.stderr || result.stdout);
  return jails
    .filter((jail) => `${jail.path}/`.startsWith(`${path}/`))
    .map((jail) => jail.name)
    .filter((other) => other !== name && !other.startsWith(`${name}.`));
}

/** The running jail, or undefined when none of that name runs. Throws when the answer is no jls output. */
export function parseJail(result: CommandResult, name: string): RunningJail | undefined {
  const jails = parseList(result.stdout);
  if (jails === undefined) {
    if (result.status === 1 && result.stderr.includes("not found")) return undefined;
    throw misread("jls", result.stderr || result.stdout);
  }
  const raw = jails.find((jail) => jail.name === name);
  if (raw !== undefined) return toJail(raw);
  if (result.status === 0) throw misread("jls", result.stdout);
  return undefined;
}

/** jls gives numbers as text with -n; a parameter of a newer release may be of any of these kinds. */
const scalar = z.union([
  z.string(),
  z.boolean(),
  z.number().transform(String),
  z.array(z.string()),
]);
const canonical = (text: string): string => formatAddress(parseAddress(text)!);
/** A kernel without a family has no list for it. */
const addressList = z
  .array(
    z
      .string()
      .refine((text) => parseAddress(text) !== undefined)
      .transform(canonical),
  )
  .optional()
  .transform((list) => list ?? []);
const fields = z.object({
  jid: z
    .string()
    .regex(/^[1-9]\d*$/)
    .transform(Number),
  name: z.string(),
  path: z.string().startsWith("/"),
  dying: z.boolean(),
  osrelease: z.string(),
  "host.hostname": z.string(),
  "ip4.addr": addressList,
  "ip6.addr": addressList,
});
// Somebody else's jail may be as strange as it likes; only the one that is asked for is read strictly.
const anyJail = z.looseObject({ name: z.string() });
const rawList = z.object({ "jail-information": z.object({ jail: z.array(anyJail) }) });

function parseList(stdout: string): z.infer<typeof anyJail>[] | undefined {
  const text = stdout.trim();
  if (text === "") return undefined;
  try {
    return rawList.parse(JSON.parse(text))["jail-information"].jail;
  } catch {
    return undefined; // Not JSON, or not jls's: the caller says what was answered.
  }
}

function toJail(raw: Record<string, unknown>): RunningJail {
  const { jid, name, path, dying, osrelease, ...more } = readFields(fields, raw);
  const parameters = Object.entries(readFields(z.record(z.string(), scalar), raw)).filter(
    (entry): entry is [string, string | boolean] => !Array.isArray(entry[1]),
  );
  return {
    jid,
    name,
    path,
    hostname: more["host.hostname"],
    dying,
    osrelease,
    addresses: [...more["ip4.addr"], ...more["ip6.addr"]],
    parameters: new Map(parameters),
  };
}

function readFields<T>(schema: z.ZodType<T>, raw: Record<string, unknown>): T {
  const { data, error } = schema.safeParse(raw);
  if (error === undefined) return data;
  const key = String(error.issues[0]?.path[0]);
  throw misread("jls", `${key}: ${JSON.stringify(raw[key])}`);
}
