import type { FileType } from "../contract.js";

/** One file of a volume. Directories hold inode numbers, so that a hard link is one inode twice. */
export interface Inode {
  readonly ino: number;
  readonly type: FileType;
  mode: number;
  uid: number;
  gid: number;
  flags: ReadonlySet<string>;
  mtime: number;
  nlink: number;
  /** Content of a file; it may be longer than `length`, so that appending is cheap. */
  data: Buffer;
  /** Bytes of `data` in use. */
  length: number;
  /** Logical size of a file: what lies beyond `length` is a hole of zeros. */
  size: number;
  /** Names of a directory, without "." and "..". */
  entries: Map<string, number>;
  /** Target of a symbolic link. */
  target: string;
  /** What a character device is: "null", "zero", "random" … */
  device: string;
}

/** What a new inode is made from. */
export type InodeFields = Pick<Inode, "type" | "mode" | "uid" | "gid" | "mtime"> & Partial<Inode>;

const noData = Buffer.alloc(0);
const noFlags: ReadonlySet<string> = new Set();
const noEntries = new Map<string, number>();

/** A new inode with one link (a directory has two: its name and its own "."). */
export function makeInode(ino: number, fields: InodeFields): Inode {
  const directory = fields.type === "directory";
  return {
    flags: noFlags,
    nlink: directory ? 2 : 1,
    data: noData,
    length: 0,
    size: 0,
    entries: directory ? new Map() : noEntries,
    target: "",
    device: "",
    ...fields,
    ino,
  };
}

/** A copy that can be changed without the other side seeing it. File content is never changed in place. */
export function copyInode(inode: Inode): Inode {
  const entries = inode.type === "directory" ? new Map(inode.entries) : inode.entries;
  // The copy must not append into the spare room of the buffer it shares with the original.
  return { ...inode, entries, data: inode.data.subarray(0, inode.length) };
}

/** The smallest piece of disk that a file takes. */
export const fragment = 4096;
const block = 32768;
const direct = 12;
const pointers = block / 8;

/** What a file counts against the capacity of its volume, in bytes. */
export function chargeOf(inode: Inode): number {
  if (inode.type === "directory") return inode.ino === rootIno ? 0 : fragment;
  return roundUp(inode.length, fragment);
}

/** The inode number of a volume's root directory, as on UFS. */
export const rootIno = 2;

/** Size of a file as stat(2) gives it; a directory's is that of UFS: whole 512-byte pieces. */
export function sizeOf(inode: Inode): number {
  if (inode.type === "symlink") return Buffer.byteLength(inode.target);
  return inode.type === "directory" ? directorySize(inode) : inode.size;
}

function directorySize(inode: Inode): number {
  let pieces = 1;
  let filled = 24;
  for (const name of inode.entries.keys()) {
    const entry = 8 + roundUp(Buffer.byteLength(name) + 1, 4);
    if (filled + entry > 512) {
      pieces += 1;
      filled = 0;
    }
    filled += entry;
  }
  return pieces * 512;
}

/** Space on disk in bytes, as UFS2 with 32 KB blocks and 4 KB fragments takes it. */
export function spaceOf(inode: Inode): number {
  if (inode.type === "directory") return roundUp(sizeOf(inode), fragment);
  if (inode.type === "symlink") return sizeOf(inode) < 120 ? 0 : fragment;
  if (inode.type !== "file" || inode.size === 0) return 0;
  // Growing a file by truncate(2) allocates its last block, the rest is a hole.
  const hole = inode.size > roundUp(inode.length, block);
  const data =
    inode.size <= direct * block && !hole
      ? roundUp(inode.length, fragment)
      : roundUp(inode.length, block) + (hole ? block : 0);
  return data + indirectBlocks(inode, hole) * block;
}

function indirectBlocks(inode: Inode, hole: boolean): number {
  const blocks = Math.ceil(inode.size / block);
  if (blocks <= direct) return 0;
  if (blocks <= direct + pointers) return 1;
  return hole ? 2 : 2 + Math.ceil((blocks - direct - pointers) / pointers);
}

function roundUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
