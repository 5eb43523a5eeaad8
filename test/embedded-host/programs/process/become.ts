/** doas(1) and sudo(8) as an admin sets them up: members of wheel become root without a password. */
import type { Process } from "../../contract.js";
import { FsError } from "../../contract.js";
import { DEFAULT_PATH, findExecutable } from "../../kernel/executable.js";
import { statusOf } from "../../kernel/process.js";
import { kernelProcess, parseOptions, usage } from "./child.js";

const ROOT = { uid: 0, gid: 0, groups: [0, 5], user: "root" };
const WHEEL = 0;

export function doas(process: Process): Promise<number> | number {
  const options = parseOptions(process.argv.slice(1), "nLsC:u:");
  const [command] = options.operands;
  if (options.bad !== undefined || command === undefined) {
    return usage(process, "doas [-Lns] [-C config] [-u user] command [arg ...]", 1);
  }
  if (!mayBecomeRoot(process)) {
    process.stderr.write("doas: Operation not permitted\n");
    return 1;
  }
  if (!exists(process, command)) {
    process.stderr.write(`doas: ${command}: command not found\n`);
    return 1;
  }
  return runAsRoot(process, options.operands);
}

export function sudo(process: Process): Promise<number> | number {
  const options = parseOptions(process.argv.slice(1), "nHu:");
  const [command] = options.operands;
  if (options.bad !== undefined || command === undefined) {
    return usage(
      process,
      "sudo -h | -K | -k | -V\nusage: sudo [-n] [-u user] command [arg ...]",
      1,
    );
  }
  if (!mayBecomeRoot(process)) {
    process.stderr.write("sudo: a password is required\n");
    return 1;
  }
  if (!exists(process, command)) {
    process.stderr.write(`sudo: ${command}: command not found\n`);
    return 1;
  }
  return runAsRoot(process, options.operands);
}

function mayBecomeRoot({ credentials }: Process): boolean {
  return credentials.uid === 0 || credentials.gid === WHEEL || credentials.groups.includes(WHEEL);
}

function exists(process: Process, command: string): boolean {
  try {
    findExecutable(process.machine.files, { ...process, credentials: ROOT }, command, DEFAULT_PATH);
    return true;
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

async function runAsRoot(process: Process, argv: readonly string[]): Promise<number> {
  const self = kernelProcess(process);
  const env = new Map([
    ["PATH", DEFAULT_PATH],
    ["HOME", "/root"],
    ["USER", "root"],
    ["LOGNAME", "root"],
    ["SHELL", "/bin/sh"],
  ]);
  const child = self.kernel.spawn(self, argv, { credentials: ROOT, env });
  return statusOf(await self.interruptible(child.ended));
}
