import { BrokenPipe, type Process } from "../../contract.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import type { Options } from "../system/options.js";
import { argumentsOf, readOptions } from "../system/options.js";
import { usageError } from "./usage.js";

/** A subcommand of zfs: gets the arguments behind its name and answers the exit status. */
export type Subcommand = (process: Process, args: readonly string[]) => number | Promise<number>;

/** Options of a subcommand. Throws the usage error for what it does not know. */
export function subcommandOptions(
  process: Process,
  command: string,
  args: readonly string[],
  specification: string,
): Options {
  const options = readOptions(args, specification);
  const { problem } = options;
  if (!problem) return options;
  const { letter } = problem;
  const reason =
    problem.kind === "unknown"
      ? `invalid option '${letter}'`
      : `missing argument for '${letter}' option`;
  throw usageError(process.machine.release, command, reason);
}

/** Throws the usage error unless there are as many operands as the subcommand takes. */
export function checkOperands(
  process: Process,
  command: string,
  options: Options,
  names: readonly string[],
): void {
  const { operands } = options;
  const { release } = process.machine;
  const missing = names[operands.length];
  if (missing !== undefined) throw usageError(release, command, `missing ${missing} argument`);
  if (operands.length > names.length) throw usageError(release, command, "too many arguments");
}

/** The properties that -o gives. */
export function settingsOf(options: Options, letter = "o"): Map<string, string> {
  const settings = new Map<string, string>();
  for (const setting of argumentsOf(options, letter)) readSetting(settings, setting);
  return settings;
}

/** Reads one "property=value" into the settings. */
export function readSetting(settings: Map<string, string>, setting: string, status = 1): void {
  const equals = setting.indexOf("=");
  if (equals < 0) throw new ZfsError("missing '=' for property=value argument", status);
  const name = setting.slice(0, equals);
  if (settings.has(name)) {
    throw new ZfsError(`property '${name}' specified multiple times`, status);
  }
  settings.set(name, setting.slice(equals + 1));
}

/** Throws when the process may not do this: only root of the host changes datasets. */
export function requireRoot(process: Process, failure: string): void {
  if (process.credentials.uid === 0 && process.jid === 0) return;
  throw new ZfsError(`${failure}: permission denied`);
}

/** Runs a body; what ZFS refuses goes to standard error and becomes the exit status. */
export async function reportErrors(
  process: Process,
  body: () => number | Promise<number>,
): Promise<number> {
  try {
    return await body();
  } catch (error) {
    if (!(error instanceof ZfsError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.status;
  }
}

/** True for the end of a pipe whose reader has gone. */
export function isBrokenPipe(error: unknown): boolean {
  return error instanceof BrokenPipe;
}
