import type { FileType } from "../../contract.js";
import type { Inode } from "../inode.js";
import type { MemoryVolume } from "../volume.js";
import { inodesIn, pathsIn } from "./trees.js";

/** One line of `zfs diff`: paths begin with "/", the root of the file system. */
export interface Change {
  kind: "+" | "-" | "M" | "R";
  type: FileType;
  path: string;
  /** New path of what was renamed. */
  to?: string;
  /** When the inode changed, in milliseconds. */
  changed: number;
}

/** What lies in one volume and what in another, by inode number: the order in which ZFS compares. */
export function compareVolumes(before: MemoryVolume, after: MemoryVolume): Change[] {
  const old = { inodes: inodesIn(before), paths: pathsIn(before) };
  const now = { inodes: inodesIn(after), paths: pathsIn(after) };
  const numbers = [...new Set([...old.inodes.keys(), ...now.inodes.keys()])];
  const nameOf = (paths: Map<number, string[]>, ino: number) => paths.get(ino)?.[0] ?? "";
  const changes: Change[] = [];
  for (const ino of numbers.sort((a, b) => a - b)) {
    const was = old.inodes.get(ino);
    const is = now.inodes.get(ino);
    const from = nameOf(old.paths, ino);
    const to = nameOf(now.paths, ino);
    if (was && !is) changes.push(change("-", was, from));
    else if (is && !was) changes.push(change("+", is, to));
    else if (was && is && from !== to) changes.push({ ...change("R", is, from), to });
    else if (was && is && was !== is) changes.push(change("M", is, to));
  }
  return changes;
}

function change(kind: Change["kind"], inode: Readonly<Inode>, path: string): Change {
  return { kind, type: inode.type, path, changed: inode.mtime };
}
