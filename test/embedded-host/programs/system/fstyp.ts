import type { Process } from "../../contract.js";
import { deviceContent } from "../../kernel/devices.js";
import { describeProblem, has, readOptions } from "./options.js";

/** fstyp(8): the type of the file system on a device. There is UFS, a part of a ZFS pool, or nothing. */
export function fstyp(process: Process): number {
  const options = readOptions(process.argv.slice(1), "lsu");
  const [path] = options.operands;
  if (options.problem || path === undefined || options.operands.length > 1) {
    if (options.problem) process.stderr.write(describeProblem("fstyp", options.problem));
    process.stderr.write("usage: fstyp [-l] [-s] [-u] special\n");
    return 1;
  }
  if (!process.machine.files.exists(process, path)) {
    process.stderr.write(`fstyp: ${path}: No such file or directory\n`);
    return 1;
  }
  const content = deviceContent(process.machine, path);
  // What cannot be mounted is told with -u only.
  if (content === undefined || (content === "zfs" && !has(options, "u"))) {
    process.stderr.write(`fstyp: ${path}: filesystem not recognized\n`);
    return 1;
  }
  process.stdout.write(`${content}\n`);
  return 0;
}
