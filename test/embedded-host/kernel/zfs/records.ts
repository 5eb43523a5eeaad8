/**
 * The bytes of a stream: records, each with a header, a description and data, padded as the real
 * ones are, so that sizes are of a likely order. They mean nothing to a real ZFS.
 */
import { createHash } from "node:crypto";
import type { FileType } from "../../contract.js";

/** The first record of a stream. */
export interface BeginRecord {
  kind: "begin";
  /** The snapshot's name where it was sent. */
  toname: string;
  guid: string;
  /** The snapshot that the stream continues from. */
  fromguid?: string;
  /** True when `fromguid` is of the file system that this one is a clone of. */
  clone?: boolean;
  type: "filesystem" | "volume";
  /** Milliseconds since the epoch. */
  created: number;
  /** Local properties of the dataset (send -p). */
  properties?: [string, string][];
  volsize?: string;
  /** Bytes that the receiver has already: the rest of the stream follows without them. */
  resume?: number;
}

/** One inode with its data. */
export interface InodeRecord {
  kind: "inode";
  ino: number;
  type: FileType;
  mode: number;
  uid: number;
  gid: number;
  flags: string[];
  mtime: number;
  nlink: number;
  size: number;
  target: string;
  device: string;
  entries: [string, number][];
}

/** An inode that is gone since the snapshot the stream continues from. */
export interface FreeRecord {
  kind: "free";
  ino: number;
}

/** Frames several streams (send -R, -I): their common root, and the newest snapshot. */
export interface PackageRecord {
  kind: "package";
  root: string;
  recursive: boolean;
}

interface EndRecord {
  kind: "end";
  checksum: string;
}

export type StreamRecord = BeginRecord | InodeRecord | FreeRecord | PackageRecord | EndRecord;

export interface Parsed {
  record: StreamRecord;
  data: Buffer;
}

const MAGIC = 0x0badcafe;
const HEADER = 12;
/** Size of a replay record of the real format. */
const UNIT = 312;

/** One record as bytes. */
export function encodeRecord(record: StreamRecord, data: Buffer = Buffer.alloc(0)): Buffer {
  const description = Buffer.from(JSON.stringify(record));
  const length = Math.ceil((HEADER + description.length) / UNIT) * UNIT;
  const header = Buffer.alloc(length);
  header.writeUInt32BE(MAGIC, 0);
  header.writeUInt32BE(description.length, 4);
  header.writeUInt32BE(data.length, 8);
  description.copy(header, HEADER);
  return Buffer.concat([header, data, Buffer.alloc(padding(data.length))]);
}

function padding(length: number): number {
  return Math.ceil(length / 8) * 8 - length;
}

/** Closes a stream with a checksum over its records. */
export function encodeEnd(records: readonly Buffer[]): Buffer {
  return encodeRecord({ kind: "end", checksum: checksumOf(records) });
}

function checksumOf(records: readonly Buffer[]): string {
  const hash = createHash("sha256");
  for (const record of records) hash.update(record);
  return hash.digest("hex");
}

/** Reads the record at `offset`: undefined where the bytes end before it does, null for other bytes. */
export function readRecord(
  bytes: Buffer,
  offset: number,
): (Parsed & { next: number }) | undefined | null {
  if (bytes.length < offset + HEADER) return undefined;
  if (bytes.readUInt32BE(offset) !== MAGIC) return null;
  const descriptionLength = bytes.readUInt32BE(offset + 4);
  const dataLength = bytes.readUInt32BE(offset + 8);
  const dataStart = offset + Math.ceil((HEADER + descriptionLength) / UNIT) * UNIT;
  const next = dataStart + dataLength + padding(dataLength);
  if (bytes.length < next) return undefined;
  const start = offset + HEADER;
  const text = bytes.subarray(start, start + descriptionLength).toString("utf8");
  const record = JSON.parse(text) as StreamRecord;
  return { record, data: bytes.subarray(dataStart, dataStart + dataLength), next };
}

/** One stream from its first record on. `complete` is false when it breaks off or was damaged. */
export function readStream(
  bytes: Buffer,
  offset: number,
): { records: Parsed[]; complete: boolean; next: number } {
  const records: Parsed[] = [];
  for (let at = offset; ; ) {
    const parsed = readRecord(bytes, at);
    if (!parsed) return { records, complete: false, next: bytes.length };
    if (parsed.record.kind === "end") {
      const checksum = checksumOf([bytes.subarray(offset, at)]);
      return { records, complete: checksum === parsed.record.checksum, next: parsed.next };
    }
    records.push(parsed);
    at = parsed.next;
  }
}
