import type { Dataset, Machine } from "../../contract.js";
import { chargeOf } from "../inode.js";
import type { MemoryVolume } from "../volume.js";
import { memoryVolume, volumeOf } from "./datasets.js";
import type { InodeRecord, Parsed } from "./records.js";

/** Puts the content of a stream into a volume: an empty one, or a copy of what it continues from. */
export function applyRecords(volume: MemoryVolume, records: readonly Parsed[]): void {
  for (const { record, data } of records) {
    if (record.kind === "free") dropInode(volume, record.ino);
    if (record.kind === "inode") placeInode(volume, record, data);
  }
}

function dropInode(volume: MemoryVolume, ino: number): void {
  const inode = volume.get(ino);
  if (inode) volume.drop(inode);
}

function placeInode(volume: MemoryVolume, record: InodeRecord, data: Buffer): void {
  const fields = {
    ...record,
    flags: new Set(record.flags),
    entries: new Map(record.entries),
    data,
    length: data.length,
  };
  if (volume.get(record.ino) === undefined) reserve(volume, record.ino);
  const inode = volume.edit(record.ino);
  const before = chargeOf(inode);
  Object.assign(inode, withoutKind(fields));
  volume.used += chargeOf(inode) - before;
}

function withoutKind<T extends { kind: string }>(fields: T): Omit<T, "kind"> {
  const { kind: _, ...rest } = fields;
  return rest;
}

/** Inode numbers stay those of the sender, so that later streams fit; gaps are left empty. */
function reserve(volume: MemoryVolume, ino: number): void {
  const empty = { type: "file" as const, mode: 0, uid: 0, gid: 0, mtime: 0 };
  for (let made = volume.create(empty); made.ino !== ino; made = volume.create(empty)) {
    if (made.ino > ino) throw new Error(`inode ${ino} of a stream does not fit its base`);
    volume.drop(made);
  }
}

/** A new volume with the content of a whole stream, or of a base with a stream's changes. */
export function volumeFromStream(
  machine: Machine,
  base: Dataset | undefined,
  records: readonly Parsed[],
): MemoryVolume {
  const { files } = machine;
  const volume = memoryVolume(base ? files.copyVolume(volumeOf(base)) : files.createVolume());
  volume.capacity = Number.POSITIVE_INFINITY;
  applyRecords(volume, records);
  return volume;
}
