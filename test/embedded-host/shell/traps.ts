/** Traps: commands that run when a signal came, and at the end of the shell. */
import { SIGINT } from "../kernel/signals.js";
import { ExitShell } from "./control.js";
import { Interrupted } from "./interactive.js";
import { evaluateText } from "./script.js";
import type { Shell } from "./shell.js";
import { exitStatus } from "./subshell.js";

/** Sets what a signal does: a command, "" to ignore it, undefined for what it does by itself. */
export function setTrap(sh: Shell, signal: number, action: string | undefined): void {
  if (action === undefined) sh.traps.delete(signal);
  else sh.traps.set(signal, action);
  if (signal === 0) return;
  const { ignored, handlers } = sh.process;
  ignored.delete(signal);
  handlers.delete(signal);
  if (action === "") ignored.add(signal);
  else if (action !== undefined) {
    handlers.set(signal, () => {
      sh.pending.push(signal);
      sh.wakeWait?.();
    });
  }
}

/** Whether the shell has something to do before it may turn into another program. */
export function hasTraps(sh: Shell): boolean {
  return [...sh.traps.values()].some((action) => action !== "");
}

/** Runs the commands of signals that came meanwhile. $? stays what it was. */
export async function runPendingTraps(sh: Shell): Promise<void> {
  while (sh.pending.length > 0) {
    const signal = sh.pending.shift() as number;
    const action = sh.traps.get(signal);
    if (action === undefined && signal === SIGINT) throw new Interrupted();
    if (action === undefined || action === "") continue;
    const status = sh.status;
    await evaluateText(sh, action);
    sh.status = status;
  }
}

/** Runs the trap on EXIT, once, and gives the status with which the shell ends. */
export async function runExitTrap(sh: Shell, status: number): Promise<number> {
  const action = sh.traps.get(0);
  sh.traps.delete(0);
  if (action === undefined || action === "") return status;
  sh.status = status;
  try {
    await evaluateText(sh, action);
  } catch (error) {
    return error instanceof ExitShell ? error.status : exitStatus(sh, error);
  }
  return status;
}
