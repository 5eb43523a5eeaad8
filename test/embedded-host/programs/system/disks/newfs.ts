import type { Process } from "../../../contract.js";
import {
  findDisk,
  isDiskMounted,
  type MemoryDisk,
  makeFileSystem,
} from "../../../kernel/devices.js";
import { describeProblem, has, type Options, readOptions } from "../options.js";

const SECTOR = 512;
const FRAGMENT = 4096;
const BLOCK = 32768;
const FRAGMENTS_OF_BLOCK = BLOCK / FRAGMENT;
/** Bytes of data for which newfs makes one inode. */
const DENSITY = 2 * FRAGMENT;
const INODES_OF_BLOCK = BLOCK / 256;
const FIRST_BACKUP = 192;
const MEGABYTE = 1024 ** 2;

/** newfs(8): makes an empty UFS on a memory disk. */
export function newfs(process: Process): number {
  const options = readOptions(
    process.argv.slice(1),
    "EJNUjlnta:b:c:d:e:f:g:h:i:k:L:m:o:p:r:s:T:O:S:B:",
  );
  const [device] = options.operands;
  if (options.problem || device === undefined) {
    if (options.problem) process.stderr.write(describeProblem("newfs", options.problem));
    process.stderr.write("usage: newfs [ -fsoptions ] special-device [device-type]\n");
    return 1;
  }
  const path = device.includes("/") ? device : `/dev/${device}`;
  const disk = findDisk(process.machine, path);
  if (!disk) {
    process.stderr.write(`newfs: ${path}: could not find special device\n`);
    return 1;
  }
  if (isDiskMounted(process.machine, disk) || disk.readonly) {
    process.stderr.write(`newfs: ${path}: failed to open disk for writing\n`);
    return 1;
  }
  const layout = layOut(disk.size);
  process.stdout.write(describe(path, disk, options, layout));
  if (!has(options, "N")) makeFileSystem(process.machine, disk, layout.perGroup * FRAGMENT);
  return 0;
}

/** Cylinder groups: at least four, at most 64 megabytes each. */
function layOut(size: number) {
  const fragments = Math.floor(size / FRAGMENT);
  const groups = Math.max(4, Math.ceil(size / (64 * MEGABYTE)));
  const blocks = Math.ceil(fragments / groups / FRAGMENTS_OF_BLOCK) + 1;
  const perGroup = blocks * FRAGMENTS_OF_BLOCK;
  const inodes = Math.ceil((perGroup * FRAGMENT) / DENSITY / INODES_OF_BLOCK) * INODES_OF_BLOCK;
  return { blocks, perGroup, inodes, count: Math.ceil(fragments / perGroup) };
}

/** Where the copies of the superblock of some groups are, in sectors. */
export function backupsOf(group: number, from: number, count: number): number[] {
  return Array.from(
    { length: count },
    (_, index) => FIRST_BACKUP + ((from + index) * group) / SECTOR,
  );
}

function describe(
  path: string,
  disk: MemoryDisk,
  options: Options,
  { blocks, perGroup, inodes, count }: ReturnType<typeof layOut>,
): string {
  const backups = backupsOf(perGroup * FRAGMENT, 0, count);
  const megabytes = (bytes: number, digits: number) => (bytes / MEGABYTE).toFixed(digits);
  return (
    `${path}: ${megabytes(disk.size, 1)}MB (${Math.floor(disk.size / SECTOR)} sectors) ` +
    `block size ${BLOCK}, fragment size ${FRAGMENT}\n` +
    `\tusing ${count} cylinder groups of ${megabytes(perGroup * FRAGMENT, 2)}MB, ` +
    `${blocks} blks, ${inodes} inodes.\n` +
    (has(options, "U") ? "\twith soft updates\n" : "") +
    `super-block backups (for fsck_ffs -b #) at:\n ${backups.join(", ")}\n`
  );
}
