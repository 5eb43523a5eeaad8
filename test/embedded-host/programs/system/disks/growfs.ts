import type { Process } from "../../../contract.js";
import { findDisk, growFileSystem } from "../../../kernel/devices.js";
import { argumentOf, describeProblem, has, readOptions } from "../options.js";
import { backupsOf } from "./newfs.js";

const USAGE = "usage: growfs [-Ny] [-s size] special | filesystem\n";

/** growfs(8): makes a UFS as large as its disk. -N only tells; without -y it asks, and nobody answers here. */
export function growfs(process: Process): number {
  const options = readOptions(process.argv.slice(1), "Ns:vy");
  const [operand] = options.operands;
  if (options.problem || operand === undefined || options.operands.length > 1) {
    if (options.problem) process.stderr.write(describeProblem("growfs", options.problem));
    process.stderr.write(USAGE);
    return 1;
  }
  const { machine } = process;
  const mount = machine.files.mounts.find(({ on, type }) => on === operand && type === "ufs");
  const path = mount?.from ?? (operand.startsWith("/") ? operand : `/dev/${operand}`);
  const disk = findDisk(machine, path);
  if (!disk) return fail(process, `${operand}: No such file or directory`);
  const { layout } = disk;
  if (!layout) return fail(process, `superblock not recognized`);
  if (argumentOf(options, "s") !== undefined)
    return fail(process, "option -s is not supported here");
  const [wanted, present] = [disk.size, layout.size].map(
    (size) => `${Math.round(size / 1048576)}MB`,
  );
  if (disk.size <= layout.size) {
    const relation = disk.size === layout.size ? "equal to" : "smaller than";
    const sizes = `requested size ${wanted} is ${relation} the current filesystem size ${present}`;
    process.stderr.write(`growfs: ${sizes}\n`);
    return disk.size === layout.size ? 0 : 1;
  }
  if (!has(options, "y") && !has(options, "N")) return fail(process, "no answer: give -y");
  const before = Math.ceil(layout.size / layout.group);
  const more = backupsOf(layout.group, before, Math.ceil(disk.size / layout.group) - before);
  process.stdout.write(`super-block backups (for fsck_ffs -b #) at:\n ${more.join(", ")}\n`);
  if (!has(options, "N")) growFileSystem(machine, disk);
  return 0;
}

function fail(process: Process, reason: string): number {
  process.stderr.write(`growfs: ${reason}\n`);
  return 1;
}
