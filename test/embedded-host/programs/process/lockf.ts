import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import type { KernelProcess } from "../../kernel/process.js";
import { kernelProcess, type Options, parseOptions, startChild, usage } from "./child.js";

const EX_USAGE = 64;
const EX_UNAVAILABLE = 69;
const EX_SOFTWARE = 70;
const EX_CANTCREAT = 73;
const EX_TEMPFAIL = 75;

/** lockf(1): runs a command while it holds a lock on a file; on newer releases also locks a descriptor. */
export async function lockf(process: Process): Promise<number> {
  const newer = process.machine.release !== "13.2-RELEASE";
  const options = parseOptions(process.argv.slice(1), newer ? "knpsT:t:w" : "knst:");
  const [file, ...command] = options.operands;
  const descriptor = newer && command.length === 0 && file !== undefined && /^\d+$/.test(file);
  if (options.bad !== undefined || file === undefined || (command.length === 0 && !descriptor)) {
    return refuseUsage(process, newer, options.bad);
  }
  const timeout = Number(options.values.get("t") ?? -1);
  const self = kernelProcess(process);
  if (descriptor) return lockDescriptor(self, options, Number(file), timeout);
  return lockFile(self, options, file, command, timeout);
}

function refuseUsage(process: Process, newer: boolean, bad: string | undefined): number {
  if (bad !== undefined) process.stderr.write(`lockf: illegal option -- ${bad}\n`);
  const text = newer
    ? "lockf [-knpsw] [-T signal] [-t seconds] file command [arguments]\n       lockf [-s] [-t seconds] fd"
    : "lockf [-kns] [-t seconds] file command [arguments]";
  return usage(process, text, EX_USAGE);
}

async function lockFile(
  self: KernelProcess,
  options: Options,
  file: string,
  command: readonly string[],
  timeout: number,
): Promise<number> {
  const { machine } = self;
  const absent = createLockFile(self, file, options.flags.has("n"));
  if (absent !== undefined) return absent;
  const path = machine.files.hostPath(self, file);
  if (!(await takeLock(self, path, self.pid, timeout))) return refused(self, options, file);
  self.onEnd(() => machine.locks.release(path, self.pid));
  // The descriptor of the lock is not the command's: what it leaves behind does not hold the lock.
  const child = startChild(self, "lockf", command);
  const ended = child === undefined ? { status: 1 } : await self.interruptible(child.ended);
  if (!options.flags.has("k")) removeLockFile(self, file);
  return ended.signal === undefined ? ended.status : EX_SOFTWARE;
}

/** The lock of a descriptor stays until the open file behind it is closed. */
async function lockDescriptor(
  self: KernelProcess,
  options: Options,
  descriptor: number,
  timeout: number,
): Promise<number> {
  const { locks } = self.machine;
  const file = self.descriptors.get(descriptor);
  if (file?.path === undefined) {
    self.stderr.write(`lockf: bad descriptor ${descriptor}: Bad file descriptor\n`);
    return EX_SOFTWARE;
  }
  const { path } = file;
  // No process has a negative number: the open file itself holds the lock.
  const holder = -self.pid;
  if (!(await takeLock(self, path, holder, timeout)))
    return refused(self, options, String(descriptor));
  file.onClose(() => locks.release(path, holder));
  return 0;
}

async function takeLock(self: KernelProcess, path: string, holder: number, timeout: number) {
  const { locks } = self.machine;
  try {
    return await self.interruptible(locks.take(path, holder, timeout < 0 ? -1 : timeout * 1000));
  } catch (error) {
    locks.release(path, holder);
    throw error;
  }
}

function refused(self: KernelProcess, options: Options, what: string): number {
  if (!options.flags.has("s")) self.stderr.write(`lockf: ${what}: already locked\n`);
  return EX_TEMPFAIL;
}

/** Makes sure that the file exists; a status when it does not and cannot. */
function createLockFile(self: KernelProcess, file: string, mustExist: boolean): number | undefined {
  const { files } = self.machine;
  try {
    if (mustExist) files.stat(self, file);
    else files.write(self, file, "", { append: true, mode: 0o666 });
    return undefined;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    self.stderr.write(`lockf: cannot open ${file}: ${strerror(error.code)}\n`);
    return mustExist && error.code === "ENOENT" ? EX_UNAVAILABLE : EX_CANTCREAT;
  }
}

function removeLockFile(self: KernelProcess, file: string): void {
  try {
    self.machine.files.unlink(self, file);
  } catch (error) {
    // Somebody else has removed it: as good.
    if (!(error instanceof FsError)) throw error;
  }
}
