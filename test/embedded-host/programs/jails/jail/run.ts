/** What one run of jail(8) knows and says. */
import type { Process } from "../../../contract.js";
import type { ImportedParameter } from "../../../kernel/jail/import.js";
import { findJail } from "../../../kernel/jail/jails.js";
import { warn } from "../output.js";
import type { JailSpec } from "./spec.js";

export interface JailRun {
  readonly process: Process;
  /** -1 is quiet (-q, -i), 1 is verbose (-v). */
  readonly verbose: number;
  /** -i: prints the jid of a jail that was made. */
  readonly printJid: boolean;
  /** Whether "removed" is said of a jail that is stopped. */
  readonly noteRemoved: boolean;
  /** The jails of the configuration, or the one of the command line. */
  readonly specs: JailSpec[];
  /** Jails that were made or changed, for -J. */
  readonly made: { spec: JailSpec; jid: number }[];
}

/** jail_warnx: a message about a jail on standard error. */
export function warnAbout(run: JailRun, spec: JailSpec, text: string): void {
  warn(run.process, spec.prefix + text);
}

/** A message about a jail, and the end of work on it. */
export function giveUp(run: JailRun, spec: JailSpec, text: string): false {
  warnAbout(run, spec, text);
  spec.failed = true;
  return false;
}

/** jail_note: a message about a jail on standard output. */
export function note(run: JailRun, spec: JailSpec, text: string): void {
  run.process.stdout.write(`${spec.prefix}${text}\n`);
}

/** `"web" not found` and its like: messages that begin with the jail's quoted name. */
export function refuse(run: JailRun, spec: JailSpec, text: string, unnamed = text): void {
  const name = spec.name ?? spec.text("jid") ?? spec.text("name");
  warn(run.process, name === undefined ? unnamed : `"${name}" ${text}`);
  spec.failed = true;
}

/** The running jail that a specification means: by jid, else by name. */
export function runningJail(run: JailRun, spec: JailSpec) {
  if (spec.jid !== undefined) return find(run, String(spec.jid));
  const jid = spec.text("jid");
  if (jid !== undefined) return /^[1-9]\d*$/.test(jid) ? find(run, jid) : undefined;
  const name = spec.text("name") ?? spec.name;
  return name === undefined ? undefined : find(run, name);
}

function find(run: JailRun, name: string) {
  return findJail(run.process.machine, name);
}

/** Parameters as the kernel takes them. */
export type Imported = readonly ImportedParameter[];
