import type { Volume } from "../contract.js";
import type { Inode, InodeFields } from "./inode.js";

/**
 * What a name in a directory stands for that hides the same name of a lower layer: no inode, but a mark in the
 * directory itself, as on UFS. unionfs makes them and looks at them; for everybody else there is no such file.
 */
export const whiteoutIno = 1;

/** How a name leaves its directory: the file is removed, or it goes to another name. */
export type Leaving = "removed" | "renamed";

/** What mounts and the operations on names need of a file system: a table of inodes with names. */
export interface Tree extends Volume {
  /** Bytes that the files take. */
  used: number;
  /** The inode to look at. It must not be changed: see `edit`. */
  get(ino: number): Readonly<Inode> | undefined;
  /** The inode to change. */
  edit(ino: number): Inode;
  /** A new inode, still without a name; it counts against the capacity. */
  create(fields: InodeFields): Inode;
  /** What a name in a directory stands for. */
  lookup(directory: number, name: string): number | undefined;
  /** `lookup` on the way of a path: a union makes shadows of the directories that are looked up. */
  reach(directory: number, name: string): number | undefined;
  /** Gives an inode a name. */
  enter(directory: number, name: string, ino: number): void;
  /** Takes a name away. */
  leave(directory: number, name: string, why: Leaving): void;
  /** Takes links off an inode, and the inode itself after the last one. */
  unlink(ino: number, links: number): void;
  /** Names in a directory that stand for nothing and hide something. */
  whiteouts(directory: number): string[];
  /** True while a file has a name. */
  has(ino: number): boolean;
  /** How many more bytes fit. */
  free(): number;
  /** True when `bytes` more do not fit. */
  fullFor(bytes: number): boolean;
  fullError(): "EDQUOT" | "ENOSPC";
}

/** Names of a directory that stand for a file. */
export function* namesOf(inode: Readonly<Inode>): Iterable<[string, number]> {
  for (const entry of inode.entries) if (entry[1] !== whiteoutIno) yield entry;
}

/** True for a directory without files; whiteouts are none. */
export function isEmptyDirectory(inode: Readonly<Inode>): boolean {
  for (const _ of namesOf(inode)) return false;
  return true;
}
