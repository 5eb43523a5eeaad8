/** Programs: run as children, or in the place of the shell. */
import { FsError } from "../contract.js";
import { strerror } from "../kernel/errors.js";
import { type KernelProcess, statusOf } from "../kernel/process.js";
import type { Assignment, Simple } from "./ast.js";
import { toText } from "./bytes.js";
import { ExitShell, ShellFault } from "./control.js";
import { expandAssignment } from "./expand.js";
import { reportSignal } from "./jobs.js";
import { redirectedDescriptors, redirectShell } from "./redirect.js";
import type { Shell } from "./shell.js";

/** The environment of a program, with the assignments before its name. */
async function environmentFor(sh: Shell, assignments: readonly Assignment[]) {
  const environment = new Map(sh.environment().map(([name, value]) => [name, toText(value)]));
  for (const { name, value } of assignments) {
    environment.set(name, toText(await expandAssignment(sh, value)));
  }
  return environment;
}

/** Runs a program and waits for it. `path` is where it is searched instead of in PATH. */
export async function runProgram(
  sh: Shell,
  node: Simple,
  argv: string[],
  path?: string,
): Promise<number> {
  let child: KernelProcess;
  try {
    const env = await environmentFor(sh, node.assignments);
    if (path !== undefined) env.set("PATH", path);
    const descriptors = await redirectedDescriptors(sh, node.redirections);
    try {
      child = sh.kernel.spawn(sh.process, argv.map(toText), { descriptors, env });
    } catch (error) {
      const { message, status } = missingProgram(error, argv[0] as string);
      const text = `${sh.commandName ?? sh.name}: ${message}\n`;
      descriptors.get(2)?.sink?.write(Buffer.from(text, "latin1"));
      return status;
    }
  } catch (error) {
    // In a real shell the child process dies of it: the shell itself goes on.
    if (error instanceof ShellFault) return error.status;
    throw error;
  }
  const ended = await sh.process.interruptible(child.ended);
  reportSignal(sh, ended);
  return statusOf(ended);
}

/** Turns the shell into a program, and ends the shell with the program's status. */
export async function becomeProgram(sh: Shell, node: Simple, argv: string[]): Promise<never> {
  const env = await environmentFor(sh, node.assignments);
  await redirectShell(sh, node.redirections);
  throw new ExitShell(await execProgram(sh, argv, env));
}

/** Runs a program in the place of the shell: its status, or that of a program which is not there. */
export async function execProgram(
  sh: Shell,
  argv: string[],
  env = new Map(sh.environment().map(([name, value]) => [name, toText(value)])),
): Promise<number> {
  let running: Promise<number>;
  try {
    running = sh.kernel.exec(sh.process, argv.map(toText), env);
  } catch (error) {
    const { message, status } = missingProgram(error, argv[0] as string);
    sh.warn(message);
    return status;
  }
  return running;
}

/** What a shell says when a program cannot be started, and its status. */
function missingProgram(error: unknown, name: string): { message: string; status: number } {
  if (!(error instanceof FsError)) throw error;
  const absent = error.code === "ENOENT" || error.code === "ENOTDIR";
  if (absent) return { message: `${name}: not found`, status: 127 };
  return { message: `${name}: ${strerror(error.code)}`, status: 126 };
}
