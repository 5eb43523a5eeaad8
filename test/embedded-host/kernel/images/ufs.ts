/**
 * A file system inside an image: where a real UFS2 has its superblock there is one with its magic number, and after it
 * all files, packed. So an image is what its bytes are: it can be copied, archived, cut, and sent to another host.
 */
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { MemoryVolume } from "../volume.js";
import { applyRecords } from "../zfs/receiving.js";
import { type Parsed, readRecord } from "../zfs/records.js";
import { encodeInode } from "../zfs/sending.js";
import { inodesIn } from "../zfs/trees.js";

/** What newfs(8) decided: bytes of the file system, and those of a cylinder group. */
export interface Layout {
  readonly size: number;
  readonly group: number;
}

const superblock = 65536;
const magicAt = superblock + 1372;
const magic = 0x19540119;
const descriptionAt = superblock + 2048;
const contentAt = superblock + 8192;

/** The bytes of a file system; the rest of the image is zeros. */
export function encodeUfs(volume: MemoryVolume, layout: Layout): Buffer {
  const packed = deflateRawSync(recordsOf(volume), {
    level: 1,
  });
  const head = Buffer.alloc(contentAt);
  head.writeUInt32LE(magic, magicAt);
  head.write(JSON.stringify({ ...layout, length: packed.length }), descriptionAt);
  return Buffer.concat([head, packed]);
}

/** Lower numbers first: so they can be given again when the image is read. */
function recordsOf(volume: MemoryVolume): Buffer {
  const inodes = [...inodesIn(volume).values()].sort((one, other) => one.ino - other.ino);
  return Buffer.concat(inodes.map(encodeInode));
}

/** Whether there is a UFS in these bytes. */
export function isUfs(bytes: Buffer): boolean {
  return bytes.length >= contentAt && bytes.readUInt32LE(magicAt) === magic;
}

/** The layout of the file system in these bytes. Undefined where there is none, or where it was cut. */
export function layoutOf(bytes: Buffer): Layout | undefined {
  const { layout, packed } = describe(bytes) ?? {};
  return packed === undefined ? undefined : layout;
}

/** Fills a new volume with the files of an image. */
export function decodeUfs(bytes: Buffer, volume: MemoryVolume): void {
  const { packed } = describe(bytes) ?? {};
  if (packed === undefined) return;
  const records: Parsed[] = [];
  const plain = inflateRawSync(packed);
  for (let at = 0; at < plain.length; ) {
    const parsed = readRecord(plain, at);
    if (!parsed) break;
    records.push(parsed);
    at = parsed.next;
  }
  applyRecords(volume, records);
}

function describe(bytes: Buffer): { layout: Layout; packed: Buffer } | undefined {
  if (!isUfs(bytes)) return undefined;
  const text = bytes.subarray(descriptionAt, contentAt).toString("utf8").replace(/\0+$/, "");
  if (!text.startsWith("{")) return undefined;
  const { size, group, length } = JSON.parse(text) as Layout & { length: number };
  const packed = bytes.subarray(contentAt, contentAt + length);
  return packed.length < length ? undefined : { layout: { size, group }, packed };
}
