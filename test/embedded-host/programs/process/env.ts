import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { kernelProcess } from "./child.js";

/** env(1): prints or changes the environment, and becomes another program. */
export async function env(process: Process): Promise<number> {
  const environment = new Map(process.env);
  let at = 1;
  for (; at < process.argv.length; at += 1) {
    const word = process.argv[at] as string;
    if (word === "-i" || word === "-") environment.clear();
    else if (word === "-u") {
      at += 1;
      environment.delete(process.argv[at] ?? "");
    } else break;
  }
  for (; process.argv[at]?.includes("="); at += 1) {
    const [name = "", value = ""] = (process.argv[at] as string).split(/=(.*)/s);
    environment.set(name, value);
  }
  const command = process.argv.slice(at);
  if (command.length === 0) {
    for (const [name, value] of environment) process.stdout.write(`${name}=${value}\n`);
    return 0;
  }
  return becomeCommand(process, "env", command, environment);
}

/** Becomes another program: 127 when there is none, 126 when it may not be run. */
export async function becomeCommand(
  process: Process,
  tool: string,
  command: readonly string[],
  environment = process.env,
): Promise<number> {
  const self = kernelProcess(process);
  let running: Promise<number>;
  try {
    running = self.kernel.exec(self, command, environment);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`${tool}: ${command[0]}: ${strerror(error.code)}\n`);
    return error.code === "ENOENT" ? 127 : 126;
  }
  return running;
}

/** printenv(1). */
export function printenv(process: Process): number {
  const name = process.argv[1];
  if (name === undefined) {
    for (const [known, value] of process.env) process.stdout.write(`${known}=${value}\n`);
    return 0;
  }
  const value = process.env.get(name);
  if (value === undefined) return 1;
  process.stdout.write(`${value}\n`);
  return 0;
}
