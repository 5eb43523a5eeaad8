/** GUID partition tables: as mkimg(1) writes them, and as GEOM reads them. */
import { crc32 } from "../xz/checks.js";

export const sector = 512;

export interface Partition {
  /** "freebsd-ufs", or "!" and the identifier of the type. */
  readonly type: string;
  readonly label: string;
  readonly uuid: string;
  /** In sectors. */
  readonly start: number;
  readonly length: number;
}

export interface Table {
  readonly entries: number;
  /** The first and the last sector that partitions may take. */
  readonly first: number;
  readonly last: number;
  /** By index, from 1 on. */
  readonly partitions: ReadonlyMap<number, Partition>;
}

const types: Readonly<Record<string, string>> = {
  "freebsd-boot": "83bd6b9d-7f41-11dc-be0b-001560b84f0f",
  "freebsd-ufs": "516e7cb6-6ecf-11d6-8ff8-00022d09712b",
  "freebsd-swap": "516e7cb5-6ecf-11d6-8ff8-00022d09712b",
  "freebsd-zfs": "516e7cba-6ecf-11d6-8ff8-00022d09712b",
  freebsd: "516e7cb4-6ecf-11d6-8ff8-00022d09712b",
  efi: "c12a7328-f81f-11d2-ba4b-00a0c93ec93b",
  "linux-data": "0fc63daf-8483-4772-8e79-3d69d8477de4",
  "ms-basic-data": "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7",
};

/** The identifier of a type, as gpart(8) shows it; undefined for a name that there is not. */
export function typeId(type: string): string | undefined {
  return type.startsWith("!") ? type.slice(1) : types[type];
}

const entrySize = 128;
const headerSize = 92;

/** What stands before and after the partitions of a disk of `sectors` sectors. */
export function encodeTable(table: Table, sectors: number, disk: string) {
  const entries = Buffer.alloc(Math.ceil((table.entries * entrySize) / sector) * sector);
  for (const [index, partition] of table.partitions) {
    encodeEntry(partition).copy(entries, (index - 1) * entrySize);
  }
  const size = entries.length / sector;
  const header = (own: number, other: number, at: number) =>
    encodeHeader(table, { own, other, at, disk, checksum: crc32(entries) });
  const primary = header(1, sectors - 1, 2);
  const backup = header(sectors - 1, 1, sectors - 1 - size);
  return {
    before: Buffer.concat([protectiveRecord(sectors), primary, entries]),
    after: Buffer.concat([entries, backup]),
  };
}

function encodeEntry({ type, label, uuid, start, length }: Partition): Buffer {
  const entry = Buffer.alloc(entrySize);
  bytesOf(typeId(type) ?? "").copy(entry, 0);
  bytesOf(uuid).copy(entry, 16);
  entry.writeBigUInt64LE(BigInt(start), 32);
  entry.writeBigUInt64LE(BigInt(start + length - 1), 40);
  entry.write(label, 56, 72, "utf16le");
  return entry;
}

interface Position {
  readonly own: number;
  readonly other: number;
  readonly at: number;
  readonly disk: string;
  readonly checksum: number;
}

function encodeHeader(table: Table, { own, other, at, disk, checksum }: Position): Buffer {
  const header = Buffer.alloc(sector);
  header.write("EFI PART", 0);
  header.writeUInt32LE(0x10000, 8);
  header.writeUInt32LE(headerSize, 12);
  for (const [place, value] of [
    [24, own],
    [32, other],
    [40, table.first],
    [48, table.last],
    [72, at],
  ] as const) {
    header.writeBigUInt64LE(BigInt(value), place);
  }
  bytesOf(disk).copy(header, 56);
  header.writeUInt32LE(table.entries, 80);
  header.writeUInt32LE(entrySize, 84);
  header.writeUInt32LE(checksum, 88);
  header.writeUInt32LE(crc32(header.subarray(0, headerSize)), 16);
  return header;
}

/** A master boot record whose one partition keeps old tools away. */
function protectiveRecord(sectors: number): Buffer {
  const record = Buffer.alloc(sector);
  Buffer.from([0x00, 0x00, 0x02, 0x00, 0xee, 0xff, 0xff, 0xff]).copy(record, 446);
  record.writeUInt32LE(1, 454);
  record.writeUInt32LE(Math.min(sectors - 1, 0xffffffff), 458);
  record.writeUInt16LE(0xaa55, 510);
  return record;
}

/** The table at the beginning of a disk; undefined when there is none, or its check sums are wrong. */
export function decodeTable(disk: Buffer): Table | undefined {
  const header = disk.subarray(sector, 2 * sector);
  if (header.length < sector || header.toString("latin1", 0, 8) !== "EFI PART") return undefined;
  const plain = Buffer.from(header.subarray(0, headerSize));
  plain.writeUInt32LE(0, 16);
  if (crc32(plain) !== header.readUInt32LE(16)) return undefined;
  const number = (place: number) => Number(header.readBigUInt64LE(place));
  const entries = header.readUInt32LE(80);
  const start = number(72) * sector;
  const partitions = new Map<number, Partition>();
  for (let index = 0; index < entries; index += 1) {
    const at = start + index * entrySize;
    const partition = decodeEntry(disk.subarray(at, at + entrySize));
    if (partition) partitions.set(index + 1, partition);
  }
  return { entries, first: number(40), last: number(48), partitions };
}

function decodeEntry(entry: Buffer): Partition | undefined {
  if (entry.length < entrySize || entry.subarray(0, 16).every((byte) => byte === 0))
    return undefined;
  const id = textOf(entry.subarray(0, 16));
  const name = Object.keys(types).find((type) => types[type] === id);
  const start = Number(entry.readBigUInt64LE(32));
  return {
    type: name ?? `!${id}`,
    uuid: textOf(entry.subarray(16, 32)),
    label: entry.toString("utf16le", 56, 128).replace(/\0+$/, ""),
    start,
    length: Number(entry.readBigUInt64LE(40)) - start + 1,
  };
}

/** An identifier's first three numbers have their bytes turned round. */
function bytesOf(id: string): Buffer {
  const bytes = Buffer.from(id.replaceAll("-", "").padEnd(32, "0"), "hex");
  return turned(bytes);
}

function textOf(bytes: Buffer): string {
  const hex = turned(bytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function turned(bytes: Buffer): Buffer {
  const [first, second, third] = [bytes.subarray(0, 4), bytes.subarray(4, 6), bytes.subarray(6, 8)];
  const rest = bytes.subarray(8);
  return Buffer.concat([
    ...[first, second, third].map((part) => Buffer.from(part).reverse()),
    rest,
  ]);
}
