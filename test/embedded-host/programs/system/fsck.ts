import type { Process } from "../../contract.js";
import { findDisk } from "../../kernel/devices.js";
import { readOptions } from "./options.js";

/** fsck_ffs(8), with -p: here every file system is clean. */
export function fsckFfs(process: Process): number {
  const options = readOptions(process.argv.slice(1), "p");
  const [path] = options.operands;
  if (options.problem || path === undefined) {
    process.stderr.write(
      "usage: fsck_ffs [-BCdEFfnpRrSyZ] [-b block] [-c level] [-m mode] filesystem ...\n",
    );
    return 1;
  }
  // Without a superblock nothing is said (its main.c).
  if (findDisk(process.machine, path)?.volume === undefined) return 3;
  process.stdout.write(`${path}: FILE SYSTEM CLEAN; SKIPPING CHECKS\n`);
  return 0;
}
