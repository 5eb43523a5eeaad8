import { FsError, type Machine, type Process, type Where } from "../../../contract.js";
import { strerror } from "../../../kernel/errors.js";
import type { MemoryFileSystem } from "../../../kernel/files.js";
import { BadImage, decoders } from "../../../kernel/images/decode.js";
import { isZero } from "../../../kernel/images/pieces.js";
import { argumentOf, readOptions } from "../options.js";

export const QEMU_IMG = "/usr/local/bin/qemu-img";

/** Installs the port emulators/qemu-tools. */
export function installQemuTools({ files }: Machine): void {
  const kernel: Where = { root: "/", cwd: "/", umask: 0o022 };
  if (!files.exists(kernel, "/usr/local/bin")) files.mkdir(kernel, "/usr/local/bin");
  files.write(kernel, QEMU_IMG, "\x7fELF qemu-img\n", { mode: 0o755 });
}

/** qemu-img(1) of the port: `convert -f FORMAT -O raw FROM TO`. */
export function qemuImg(process: Process): number {
  const [verb, ...rest] = process.argv.slice(1);
  const options = readOptions(rest, "f:O:");
  const [from, to, ...more] = options.operands;
  const decode = decoders[argumentOf(options, "f") ?? ""];
  const known = verb === "convert" && argumentOf(options, "O") === "raw" && decode !== undefined;
  if (options.problem || !known || from === undefined || to === undefined || more.length > 0) {
    process.stderr.write("qemu-img: not modelled here: see qemu-img.ts\n");
    return 1;
  }
  const files = process.machine.files as MemoryFileSystem;
  try {
    writeDisk(process, files, to, decode(files.read(process, from)));
    return 0;
  } catch (error) {
    const reason = error instanceof FsError ? strerror(error.code) : (error as Error).message;
    if (!(error instanceof FsError || error instanceof BadImage || error instanceof RangeError))
      throw error;
    process.stderr.write(`qemu-img: Could not open '${from}': ${reason}\n`);
    return 1;
  }
}

/** Leaves a hole at the end. */
function writeDisk(process: Process, files: MemoryFileSystem, path: string, disk: Buffer): void {
  const step = 65536;
  let end = disk.length;
  while (end > 0 && isZero(disk.subarray(Math.max(0, end - step), end))) end -= step;
  files.write(process, path, disk.subarray(0, Math.max(0, end)));
  files.truncate(process, path, disk.length);
}
