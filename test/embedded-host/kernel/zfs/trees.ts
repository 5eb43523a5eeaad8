import type { Dataset } from "../../contract.js";
import { chargeOf, type Inode, rootIno } from "../inode.js";
import type { MemoryVolume } from "../volume.js";
import { holdsFiles, volumeOf } from "./datasets.js";

export type Inodes = ReadonlyMap<number, Readonly<Inode>>;

/** Everything that has a name in a volume, by inode number. */
export function inodesIn(volume: MemoryVolume): Inodes {
  const seen = new Map<number, Readonly<Inode>>();
  const open = [rootIno];
  for (let ino = open.pop(); ino !== undefined; ino = open.pop()) {
    const inode = volume.get(ino);
    if (!inode || seen.has(ino)) continue;
    seen.set(ino, inode);
    open.push(...inode.entries.values());
  }
  return seen;
}

/** Snapshots never change: their inodes are looked up once. */
const frozen = new WeakMap<MemoryVolume, Inodes>();

/** Inodes of a file system or snapshot; none for a volume. */
export function inodesOf(dataset: Dataset): Inodes {
  if (!holdsFiles(dataset)) return new Map();
  const volume = volumeOf(dataset);
  if (dataset.type !== "snapshot") return inodesIn(volume);
  const known = frozen.get(volume) ?? inodesIn(volume);
  frozen.set(volume, known);
  return known;
}

/** Names of every inode below the root of the volume: "/etc/rc.conf"; "/" is the root itself. */
export function pathsIn(volume: MemoryVolume): Map<number, string[]> {
  const paths = new Map<number, string[]>([[rootIno, ["/"]]]);
  const open: [number, string][] = [[rootIno, ""]];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const [name, ino] of volume.get(at[0])?.entries ?? []) {
      const path = `${at[1]}/${name}`;
      const known = paths.get(ino);
      if (known) known.push(path);
      else paths.set(ino, [path]);
      if (volume.get(ino)?.type === "directory") open.push([ino, path]);
    }
  }
  return paths;
}

/** Bytes of those inodes that none of the others shares: copy-on-write copies share by identity. */
export function unsharedBytes(inodes: Inodes, others: readonly Inodes[]): number {
  let bytes = 0;
  for (const [ino, inode] of inodes) {
    if (!others.some((other) => other.get(ino) === inode)) bytes += chargeOf(inode);
  }
  return bytes;
}

/** True when nothing was changed since a copy was taken. */
export function isSame(inodes: Inodes, others: Inodes): boolean {
  if (inodes.size !== others.size) return false;
  for (const [ino, inode] of inodes) if (others.get(ino) !== inode) return false;
  return true;
}
