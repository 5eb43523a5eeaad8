/**
 * What need not be said on every command line: found in the environment, then in a file of the user's, then in the
 * configuration of the stack. Each value remembers where it was found, for errors.
 */
import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { HostSpec } from "../host/host-spec.js";
import { parseHost } from "../host/parse-host.js";
import { parseHostUrl } from "../host/url.js";

const text = z.string().min(1, "must not be empty");

/** What the file may hold; the environment has the same as texts, `PULUMI_FREEBSD_HOST` and so on. */
const settingsSchema = z.strictObject({
  /** "ssh://user@host:port", "local:", or an object as the resources' `host`. */
  host: z.union([text, z.record(z.string(), z.unknown())]).optional(),
  /** Where that host keeps jails; see `host.root`. */
  root: text.optional(),
  /** Its ZFS dataset; see `host.dataset`. */
  dataset: text.optional(),
  /** How to become root there: "doas" or "sudo". */
  become: text.optional(),
  /** The stack, in the place of a host. */
  stack: text.optional(),
  /** What rooms are made from when no base is named. */
  base: text.optional(),
});

type Key = keyof z.infer<typeof settingsSchema>;

interface Setting {
  readonly value: unknown;
  /** "PULUMI_FREEBSD_HOST", or a file's path. */
  readonly from: string;
}

export type Settings = ReadonlyMap<Key, Setting>;

export interface Surroundings {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The home directory. */
  readonly home: string;
}

const ours = (): Surroundings => ({ variables: process.env, home: homedir() });

/** Settings of the environment and of the user's file, which need not exist. Throws when one of them is wrong. */
export function readSettings({ variables, home }: Surroundings = ours()): Settings {
  const directory = variables.XDG_CONFIG_HOME || join(home, ".config");
  const file = join(directory, "pulumi-freebsd.json");
  const written = parseFile(file);
  return new Map(
    (Object.keys(settingsSchema.shape) as Key[]).flatMap((key): [Key, Setting][] => {
      const variable = `PULUMI_FREEBSD_${key.toUpperCase()}`;
      // An empty variable is as one that is not set: in CI it often is.
      if (variables[variable]) return [[key, { value: variables[variable], from: variable }]];
      return written[key] === undefined ? [] : [[key, { value: written[key], from: file }]];
    }),
  );
}

function parseFile(file: string): z.infer<typeof settingsSchema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw new Error(`${file}: ${(error as Error).message}`);
  }
  const checked = settingsSchema.safeParse(content);
  if (checked.success) return checked.data;
  throw wrong(checked.error, () => ({ value: content, from: file }));
}

const describe = (from: string, path: readonly PropertyKey[], message: string): string =>
  `${from}: ${path.length === 0 ? "" : `${path.map(String).join(".")}: `}${message}`;

export const textOf = (settings: Settings, key: "stack" | "base"): string | undefined =>
  settings.get(key)?.value as string | undefined;

/** A host that is named outside of any stack: as the resources' input, checked, and where its name was found. */
export interface NamedHost {
  readonly input: Readonly<Record<string, unknown>>;
  readonly spec: HostSpec;
  readonly from: string;
}

/** The host of `--host`, or else of the settings, with their root, dataset and become where it has none itself. */
export function namedHost(settings: Settings, option?: string): NamedHost | undefined {
  const host = option === undefined ? settings.get("host") : { value: option, from: "--host" };
  if (host === undefined) return undefined;
  const found = hostObject.safeParse(host.value);
  if (!found.success) throw wrong(found.error, () => host, "host");
  const defaults = (["root", "dataset", "become"] as const).flatMap((key) => {
    const setting = settings.get(key);
    return setting === undefined || key in found.data ? [] : [[key, setting] as const];
  });
  const values = Object.fromEntries(defaults.map(([key, { value }]) => [key, value]));
  const input = { ...found.data, ...values };
  try {
    return { input, spec: parseHost(input), from: host.from };
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const origins = new Map<unknown, Setting>(defaults);
    throw wrong(error, (key) => origins.get(key) ?? host);
  }
}

const hostObject = z.preprocess(parseHostUrl, z.record(z.string(), z.unknown()));

/** One line for each fault, with where the value was found. */
function wrong(error: z.ZodError, origin: (key: unknown) => Setting, ...above: string[]): Error {
  const lines = error.issues.map(({ path, message }) =>
    describe(origin(path[0]).from, [...above, ...path], message),
  );
  return new Error(lines.join("\n"));
}

const isVariable = (setting: Setting): boolean => setting.from.startsWith("PULUMI_");

/** Whether the settings name a stack before they name a host: the environment's word comes first. */
export function namesStack(settings: Settings): boolean {
  const [stack, host] = [settings.get("stack"), settings.get("host")];
  if (stack === undefined || host === undefined) return stack !== undefined;
  return isVariable(stack) && !isVariable(host);
}
