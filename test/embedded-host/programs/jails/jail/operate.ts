/** Making, changing and removing one jail, step by step. */
import type { Jail } from "../../../contract.js";
import { strerror } from "../../../kernel/errors.js";
import { JailError } from "../../../kernel/jail/import.js";
import { removeJail } from "../../../kernel/jail/jails.js";
import { updateJail } from "../../../kernel/jail/set.js";
import { checkAgain, checkOwn, importAll } from "./check.js";
import { createFrom, endPersistence } from "./create.js";
import { runCommand } from "./execute.js";
import { changedForever } from "./immutable.js";
import {
  giveUp,
  type Imported,
  type JailRun,
  note,
  refuse,
  runningJail,
  warnAbout,
} from "./run.js";
import type { JailSpec } from "./spec.js";
import { commandOf, isBackground, itemsOf, type Step, startSteps, stopSteps } from "./steps.js";
import { terminate } from "./terminate.js";

/** How a jail came to be worked on. */
export interface How {
  /** Because another jail depends on it, or because all were meant: its state is then no error. */
  readonly quiet?: boolean;
  /** jail(8) checks the parameters a second time when -m has become something else: see `recheck`. */
  readonly twice?: boolean;
}

const inJail = new Set<Step>(["exec.start", "command", "exec.stop"]);

/** Steps that a failure does not undo. */
const kept = new Set<Step>([
  "exec.prepare",
  "exec.prestart",
  "exec.created",
  "zfs.dataset",
  "exec.start",
  "command",
  "exec.poststart",
]);

/** `jail -c`: makes the jail, or undoes what was done when a step fails. */
export async function startJail(run: JailRun, spec: JailSpec, how: How): Promise<void> {
  if (!checkOwn(run, spec) || !importAll(run, spec)) return;
  if (runningJail(run, spec)) {
    if (!how.quiet) refuse(run, spec, "already exists");
    return;
  }
  const again = recheck(run, spec, how);
  for (const [index, step] of startSteps.entries()) {
    // The list may grow while it is gone through: see `recheck`.
    for (let item = 0; item < itemsOf(spec, step).length; item += 1) {
      const text = itemsOf(spec, step)[item] ?? "";
      if ((await perform(run, spec, step, text, false)) && again(step)) continue;
      spec.failed = true;
      return await undo(run, spec, index, item);
    }
  }
  endPersistence(run, spec);
}

async function undo(run: JailRun, spec: JailSpec, failed: number, item: number): Promise<void> {
  for (let index = failed; index >= 0; index -= 1) {
    const step = startSteps[index] as Step;
    if (kept.has(step)) continue;
    const done = index === failed ? item : itemsOf(spec, step).length;
    for (let at = done - 1; at >= 0; at -= 1) {
      await perform(run, spec, step, itemsOf(spec, step)[at] ?? "", true);
    }
  }
}

/** `jail -r`: a failing hook before the removal keeps the jail, a failure after it only shows. */
export async function stopJail(run: JailRun, spec: JailSpec, how: How): Promise<void> {
  if (!checkOwn(run, spec)) return;
  const jail = runningJail(run, spec);
  if (!jail) {
    if (!how.quiet) refuse(run, spec, "not found");
    return;
  }
  await walkDown(run, spec, stopSteps, recheck(run, spec, how));
}

/** `jail -C`: what follows the removal, for a jail that is already gone. */
export async function cleanUp(run: JailRun, spec: JailSpec): Promise<void> {
  if (!checkOwn(run, spec)) return;
  const after = stopSteps.slice(stopSteps.indexOf("jail") + 1);
  await walkDown(run, spec, after, () => true);
}

async function walkDown(
  run: JailRun,
  spec: JailSpec,
  steps: readonly Step[],
  again: (step: Step) => boolean,
): Promise<void> {
  for (const step of steps) {
    const count = itemsOf(spec, step).length;
    for (let item = 0; item < count; item += 1) {
      const at = reversed.has(step) ? count - 1 - item : item;
      const good = await perform(run, spec, step, itemsOf(spec, step)[at] ?? "", true);
      if (good && again(step)) continue;
      spec.failed = true;
      if (runningJail(run, spec)) return;
    }
  }
}

/** Undone in the opposite order. */
const reversed = new Set<Step>(["mount", "mount.fstab", "ip4", "ip6"]);

/** `jail -m`: gives the running jail the parameters that can change. */
export function changeJail(run: JailRun, spec: JailSpec): void {
  const imported = checkOwn(run, spec) ? importAll(run, spec) : undefined;
  if (!imported) return;
  const jail = runningJail(run, spec);
  if (!jail) {
    refuse(run, spec, "not found", "no jail specified");
  } else if (updated(run, spec, jail, imported)) {
    run.made.push({ spec, jid: jail.jid });
    if (run.verbose >= 0 && (spec.name !== undefined || run.verbose > 0))
      note(run, spec, "updated");
  }
}

function updated(run: JailRun, spec: JailSpec, jail: Jail, imported: Imported): boolean {
  const fixed = changedForever(run, jail, imported);
  if (fixed) return giveUp(run, spec, `${fixed} cannot be changed after creation`);
  try {
    updateJail(run.process.machine, run.process, jail, imported);
    return true;
  } catch (error) {
    if (!(error instanceof JailError)) throw error;
    return giveUp(run, spec, error.message);
  }
}

/**
 * When -m turns into a start or a restart, jail(8) forgets that it has checked the parameters and
 * does so once more after its first command: addresses and fstab lines are then there twice.
 */
function recheck(run: JailRun, spec: JailSpec, how: How): (step: Step) => boolean {
  let pending = how.twice === true;
  return (step) => {
    if (!pending || step === "jail") return true;
    pending = false;
    return checkAgain(run, spec);
  };
}

/** One item of a step. False when it failed. */
async function perform(
  run: JailRun,
  spec: JailSpec,
  step: Step,
  item: string,
  down: boolean,
): Promise<boolean> {
  if (step === "jail") return down ? remove(run, spec) : createFrom(run, spec);
  if (step === "stop.timeout") return await terminate(run, spec);
  const argv = commandOf(run, spec, step, item, down);
  if (argv === false) return false;
  if (!argv || argv.length === 0) return true;
  const hook = step.startsWith("exec.");
  const background = hook && isBackground(item);
  return await runCommand(run, spec, { argv, inJail: inJail.has(step), background });
}

function remove(run: JailRun, spec: JailSpec): boolean {
  const jail = runningJail(run, spec);
  if (run.process.credentials.uid !== 0) {
    warnAbout(run, spec, `jail_remove: ${strerror("EPERM")}`);
    return false;
  }
  if (jail) removeJail(run.process.machine, jail);
  spec.jid = undefined;
  const say = spec.failed ? spec.name !== undefined : run.noteRemoved;
  if (run.verbose > 0 || (run.verbose === 0 && say)) note(run, spec, "removed");
  return true;
}
