/** Subshells: a copy of the shell in a process of its own. */

import type { KernelProcess } from "../kernel/process.js";
import type { StartOptions } from "../kernel/watch.js";
import type { Node } from "./ast.js";
import { ExitShell, LeaveLoop, ReturnFromFunction, ShellFault } from "./control.js";
import { evaluate } from "./evaluate.js";
import type { Shell } from "./shell.js";
import { runExitTrap } from "./traps.js";

/** Starts a copy of the shell that runs a command and then exits. */
export function forkShell(
  sh: Shell,
  body: Node,
  options: StartOptions = {},
  tested = false,
): KernelProcess {
  sh.process.check();
  const child = sh.kernel.create(sh.process, sh.process.argv, options);
  child.command = sh.process.command;
  const copy = sh.copyInto(child);
  sh.kernel.run(child, () => runToExit(copy, () => evaluate(copy, body, { tail: true, tested })));
  return child;
}

/** Runs a body to its end, whatever ends it, and then the trap on EXIT: the status of the shell. */
export async function runToExit(sh: Shell, body: () => Promise<void>): Promise<number> {
  let status: number;
  try {
    await body();
    status = sh.status;
  } catch (error) {
    status = exitStatus(sh, error);
  }
  return runExitTrap(sh, status);
}

/** The status with which an exception ends a shell; anything else is thrown on. */
export function exitStatus(sh: Shell, error: unknown): number {
  if (error instanceof ExitShell || error instanceof ReturnFromFunction) return error.status;
  if (error instanceof ShellFault) return error.status;
  if (error instanceof LeaveLoop) return sh.status;
  throw error;
}
