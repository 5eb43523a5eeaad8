/** jls(8): running jails and their parameters, as libxo JSON. */
import { z } from "zod";
import { type Command, type CommandResult, look } from "./command.js";
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

const wide = look(["jls", "--libxo", "json", "-n"]);

/** One running jail by name; status 1 when it does not run. Wide: all running jails. */
export function showJail(name: string): Command {
  const pick = (result: CommandResult): CommandResult => {
    const jails = parseAll(result)?.filter((jail) => jail.name === name);
    if (jails === undefined) return result;
    const stdout = JSON.stringify({ "jail-information": { jail: jails } });
    return { status: jails.length > 0 ? 0 : 1, stdout, stderr: "" };
  };
  return look(["jls", "--libxo", "json", "-n", "-j", name], { wide: { command: wide, pick } });
}

const parseAll = once((result) => parseList(result.stdout));

/** The running jail, or undefined when none of that name runs. Throws when the answer is no jls output. */
export function parseJail(result: CommandResult, name: string): RunningJail | undefined {
  const jails = parseList(result.stdout);
  if (jails === undefined) {
    if (result.status === 1 && result.stderr.includes("not found")) return undefined;
    throw new Error(
      `jls answered ${JSON.stringify((result.stderr || result.stdout).slice(0, 200))}`,
    );
  }
  const raw = jails.find((jail) => jail.name === name);
  return raw === undefined ? undefined : toJail(raw);
}

const scalar = z.union([z.string(), z.boolean(), z.number(), z.array(z.string())]);
const rawJail = z
  .record(z.string(), scalar)
  .and(z.object({ jid: z.string().regex(/^\d+$/), name: z.string(), path: z.string() }));
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

function toJail(found: unknown): RunningJail {
  const raw = rawJail.parse(found);
  const parameters = new Map<string, string | boolean>();
  for (const [key, value] of Object.entries(raw)) {
    if (typeof value === "string" || typeof value === "boolean") parameters.set(key, value);
  }
  const list = (key: string) => (Array.isArray(raw[key]) ? (raw[key] as string[]) : []);
  const text = (key: string) => (typeof raw[key] === "string" ? (raw[key] as string) : "");
  return {
    jid: Number(raw.jid),
    name: raw.name,
    path: raw.path,
    hostname: text("host.hostname"),
    dying: raw.dying === true,
    osrelease: text("osrelease"),
    addresses: [...list("ip4.addr"), ...list("ip6.addr")],
    parameters,
  };
}
