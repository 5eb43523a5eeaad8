import type { Process, Volume } from "../../../contract.js";
import { findDisk, type MemoryDisk } from "../../../kernel/devices.js";
import type { MemoryFileSystem } from "../../../kernel/files.js";
import { has, readOptions } from "../options.js";

const FRAGMENT = 4096;
const FRAGMENTS_OF_BLOCK = 8;
/** What a cylinder group keeps for itself, in fragments: the first one also what lies before its superblock. */
const TABLES = 536;
const BOOT = 24;

/** fsck_ffs(8), with -p, or with -n all phases: here every file system is clean. */
export function fsckFfs(process: Process): number {
  const options = readOptions(process.argv.slice(1), "npy");
  const [path] = options.operands;
  if (options.problem || path === undefined) {
    process.stderr.write(
      "usage: fsck_ffs [-BCdEFfnpRrSyZ] [-b block] [-c level] [-m mode] filesystem ...\n",
    );
    return 1;
  }
  const disk = findDisk(process.machine, path);
  // Without a superblock nothing is said (its main.c).
  if (disk?.volume === undefined) return 3;
  if (has(options, "p")) process.stdout.write(`${path}: FILE SYSTEM CLEAN; SKIPPING CHECKS\n`);
  else process.stdout.write(phases(process, path, disk, has(options, "n") || disk.readonly));
  return 0;
}

function phases(process: Process, path: string, disk: MemoryDisk, reading: boolean): string {
  const names = ["Blocks and Sizes", "Pathnames", "Connectivity", "Reference Counts", "Cyl groups"];
  const lines = names.map((name, index) => `** Phase ${index + 1} - Check ${name}\n`);
  const head = `** ${path}${reading ? " (NO WRITE)" : ""}\n** Last Mounted on \n`;
  return head + lines.join("") + summary(process, disk.volume as Volume, disk);
}

/** How many files there are, and what is free: whole blocks, and fragments of blocks that are in use. */
function summary(process: Process, volume: Volume, { size, layout }: MemoryDisk): string {
  const files = process.machine.files as MemoryFileSystem;
  const inodes = new Map([...files.walkVolume(volume)].map(({ stat }) => [stat.ino, stat.space]));
  const spaces = [FRAGMENT, ...inodes.values()];
  const used = spaces.reduce((sum, space) => sum + space / FRAGMENT, 0);
  // The summary of the groups takes one fragment of a block.
  const loose = [1, ...spaces.map((space) => space / FRAGMENT)].reduce(
    (sum, count) =>
      sum + ((FRAGMENTS_OF_BLOCK - (count % FRAGMENTS_OF_BLOCK)) % FRAGMENTS_OF_BLOCK),
    0,
  );
  const total = Math.floor((layout?.size ?? size) / FRAGMENT);
  const groups = layout ? Math.ceil(layout.size / layout.group) : 1;
  const data = total - groups * TABLES - BOOT - 1;
  const blocks = Math.floor((data - used - loose) / FRAGMENTS_OF_BLOCK);
  const split = ((loose * 100) / data).toFixed(1);
  const free = `${data - used} free (${loose} frags, ${blocks} blocks, ${split}% fragmentation)`;
  return `${spaces.length} files, ${used} used, ${free}\n`;
}
