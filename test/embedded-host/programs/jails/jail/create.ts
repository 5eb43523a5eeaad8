/** The step of jail -c that makes the jail itself. */
import { FsError } from "../../../contract.js";
import { JailError } from "../../../kernel/jail/import.js";
import { reapJails } from "../../../kernel/jail/jails.js";
import { createJail } from "../../../kernel/jail/set.js";
import { errorText } from "../output.js";
import { importAll } from "./check.js";
import { giveUp, type Imported, type JailRun, note, runningJail } from "./run.js";
import type { JailSpec } from "./spec.js";

/** Makes the jail. False, after a message, when the kernel refuses. */
export function createFrom(run: JailRun, spec: JailSpec): boolean {
  const imported = importAll(run, spec);
  const problem = pathProblem(run, spec);
  if (!imported) return false;
  if (problem !== undefined) return giveUp(run, spec, problem);
  try {
    const wanted = holdsForCommands(spec) ? persistent(imported) : imported;
    const { jid } = createJail(run.process.machine, run.process, wanted);
    spec.jid = jid;
    run.made.push({ spec, jid });
    if (run.printJid) run.process.stdout.write(`${jid}\n`);
  } catch (error) {
    if (!(error instanceof JailError)) throw error;
    return giveUp(run, spec, error.message);
  }
  if (run.verbose >= 0 && (spec.name !== undefined || run.verbose > 0)) note(run, spec, "created");
  return true;
}

/** jail(8) looks at the path itself, for a better message than the kernel's. */
function pathProblem(run: JailRun, spec: JailSpec): string | undefined {
  const path = spec.text("path");
  if (path === undefined) return undefined;
  if (spec.name !== undefined && !path.startsWith("/")) {
    return `path ${path}: not an absolute pathname`;
  }
  try {
    const { type } = run.process.machine.files.stat(run.process, path);
    return type === "directory" ? undefined : `path ${path}: ${errorText(new FsError("ENOTDIR"))}`;
  } catch (error) {
    return `path ${path}: ${errorText(error)}`;
  }
}

/** A jail with commands to run persists until they are done, whatever it is given. */
function holdsForCommands(spec: JailSpec): boolean {
  if (spec.isSet("persist")) return false;
  return ["exec.start", "command", "exec.poststart"].some((name) => spec.find(name));
}

function persistent(imported: Imported): Imported {
  const { parameter } = persistParameter;
  return [
    ...imported.filter((one) => one.parameter.name !== "persist"),
    { parameter, value: true },
  ];
}

const persistParameter = {
  parameter: { name: "persist", kind: "boolean", access: "write", initial: false },
} as const;

/** After its commands the jail lives on only while it has processes, unless it was to persist. */
export function endPersistence(run: JailRun, spec: JailSpec): void {
  const jail = runningJail(run, spec);
  if (jail && holdsForCommands(spec)) jail.parameters.set("persist", false);
  reapJails(run.process.machine);
}
