/** All partition tables of a disk, as GEOM finds them: GPT, or MBR with the BSD labels in its slices. */
import { decodeTable, type Partition, sector, type Table } from "./gpt.js";

export interface NamedPartition extends Partition {
  readonly index: number;
  /** Name below /dev: "md0p1", "md0s1", "md0s1a". */
  readonly device: string;
}

export interface NamedTable {
  readonly scheme: "GPT" | "MBR" | "BSD";
  /** The disk or slice that it is on. */
  readonly name: string;
  /** Where that begins, in bytes of the disk. */
  readonly at: number;
  readonly table: Omit<Table, "partitions">;
  readonly partitions: readonly NamedPartition[];
}

const slices: Readonly<Record<number, string>> = { 165: "freebsd", 131: "linux-data", 11: "fat32" };
const contents: Readonly<Record<number, string>> = { 1: "freebsd-swap", 7: "freebsd-ufs" };
const LABEL_MAGIC = 0x82564557;

/** The tables on a disk with these bytes. */
export function tablesOn(disk: Buffer, name: string): NamedTable[] {
  const gpt = decodeTable(disk);
  if (gpt !== undefined) {
    const { partitions, ...table } = gpt;
    const named = [...partitions].map(([index, each]) => ({
      ...{ ...each, index, device: `${name}p${index}` },
    }));
    return [{ scheme: "GPT", name, at: 0, table, partitions: named }];
  }
  const record = decodeRecord(disk, name);
  if (record === undefined) return [];
  const labels = record.partitions
    .filter(({ type }) => type === "freebsd")
    .flatMap(({ device, start, length }) => {
      const label = decodeLabel(disk.subarray(start * sector, (start + length) * sector), device);
      return label === undefined ? [] : [{ ...label, at: start * sector }];
    });
  return [record, ...labels];
}

/** A master boot record, but for one that only protects a GPT. */
function decodeRecord(disk: Buffer, name: string): NamedTable | undefined {
  if (disk.length < sector || disk.readUInt16LE(510) !== 0xaa55) return undefined;
  const partitions = [1, 2, 3, 4].flatMap((index): NamedPartition[] => {
    const at = 446 + (index - 1) * 16;
    const [kind, start, length] = [
      disk[at + 4] ?? 0,
      ...[8, 12].map((n) => disk.readUInt32LE(at + n)),
    ];
    if (kind === 0 || start === undefined || length === undefined) return [];
    const type = slices[kind] ?? `!${kind}`;
    return [{ index, device: `${name}s${index}`, type, label: "", uuid: `${kind}`, start, length }];
  });
  if (partitions.length === 0 || partitions.some(({ type }) => type === "!238")) return undefined;
  const last = Math.max(...partitions.map(({ start, length }) => start + length - 1));
  return { scheme: "MBR", name, at: 0, table: { entries: 4, first: 1, last }, partitions };
}

/** The label that a slice of type freebsd begins with. */
function decodeLabel(slice: Buffer, name: string): NamedTable | undefined {
  if (slice.length < 2 * sector || slice.readUInt32LE(sector) !== LABEL_MAGIC) return undefined;
  const count = Math.min(8, slice.readUInt16LE(sector + 138));
  const partitions = Array.from({ length: count }, (_, i) => i).flatMap((i): NamedPartition[] => {
    const at = sector + 148 + i * 16;
    const [length, start, kind] = [
      slice.readUInt32LE(at),
      slice.readUInt32LE(at + 4),
      slice[at + 12],
    ];
    // The third one is the whole slice.
    if (length === 0 || i === 2) return [];
    const type = contents[kind ?? 0] ?? `!${kind}`;
    const device = `${name}${"abcdefgh"[i]}`;
    return [{ index: i + 1, device, type, label: "", uuid: `${kind}`, start, length }];
  });
  const last = slice.length / sector - 1;
  return { scheme: "BSD", name, at: 0, table: { entries: 8, first: 0, last }, partitions };
}
