import { gunzipSync, gzipSync } from "node:zlib";
import { extract, type Header, pack } from "tar-stream";
import { decodeXz, isXz } from "./xz/decode.js";
import { encodeXz } from "./xz/encode.js";

/** A member of a tar archive. */
export interface ArchiveEntry {
  name: string;
  type: "file" | "directory" | "symlink" | "link" | "fifo" | "character-device";
  mode: number;
  uid: number;
  gid: number;
  uname: string;
  gname: string;
  /** Milliseconds since the epoch; archives keep whole seconds. */
  mtime: number;
  /** Logical size of a file; what `data` lacks of it is a hole. */
  size: number;
  linkname: string;
  /** File flags, as libarchive keeps them in SCHILY.fflags. */
  flags: string[];
  data: Buffer;
  /** How the archive has a name beyond ASCII. Default: as it is, in no known character set. */
  charset?: "UTF-8" | "BINARY";
  /** The archive ended within this member. */
  cut?: boolean;
}

/** What an archive held. */
export interface Archive {
  entries: ArchiveEntry[];
  /** The archive ends early: `missing` bytes of `entry`, or between two members when there is none. */
  truncated?: { entry?: ArchiveEntry; missing: number };
}

const flagsRecord = "SCHILY.fflags";

/** Records of a sparse file, as GNU tar and libarchive read them. */
const sparseSize = "GNU.sparse.size";
const sparseMap = "GNU.sparse.map";

/** The bytes of an archive in the format that bsdtar writes by default. */
export async function encodeArchive(entries: Iterable<ArchiveEntry>): Promise<Buffer> {
  const stream = pack();
  for (const entry of entries) {
    const headers = headersOf(entry);
    if (entry.type === "file") stream.entry(headers, entry.data);
    else stream.entry(headers);
  }
  stream.finalize();
  const pieces: Buffer[] = [];
  for await (const piece of stream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function headersOf(entry: ArchiveEntry): Partial<Header> & { name: string } {
  const { name, type, uid, gid, uname, gname, linkname } = entry;
  const linked = type === "link" || type === "symlink";
  const pax = recordsOf(entry);
  return {
    name,
    type,
    // The bit above the permissions keeps tar-stream from taking mode 0 for "not given".
    mode: entry.mode | 0o100000,
    uid,
    gid,
    uname,
    gname,
    mtime: new Date(Math.floor(entry.mtime / 1000) * 1000),
    size: type === "file" ? entry.data.length : 0,
    ...(linked && { linkname }),
    ...(Object.keys(pax).length > 0 && { pax }),
  };
}

function recordsOf(entry: ArchiveEntry): Record<string, string> {
  const { type, size, data, flags, charset } = entry;
  const records: Record<string, string> = {};
  if (charset === "BINARY") records.hdrcharset = "BINARY";
  if (flags.length > 0) records[flagsRecord] = flags.join(",");
  if (type === "file" && size > data.length) {
    records[sparseSize] = String(size);
    records["GNU.sparse.numblocks"] = "2";
    records[sparseMap] = `0,${data.length},${size},0`;
  }
  return records;
}

/** Thrown for bytes that are no archive. */
export class UnrecognizedArchive extends Error {}

/** Thrown for a compressed archive that was changed. */
export class CorruptArchive extends Error {}

/** Compresses an archive. */
export function compress(bytes: Buffer, how: "gzip" | "xz" | undefined): Buffer {
  if (how === "gzip") return gzipSync(bytes);
  return how === "xz" ? encodeXz(bytes) : bytes;
}

function decompress(bytes: Buffer): Buffer {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return gunzipSync(bytes);
  if (!isXz(bytes)) return bytes;
  const { content, problem } = decodeXz(bytes);
  if (problem === "corrupt") throw new CorruptArchive();
  return content;
}

/** Reads an archive, compressed by gzip or xz or not at all, as far as it goes. */
export async function decodeArchive(bytes: Buffer): Promise<Archive> {
  const plain = decompress(bytes);
  if (plain.length === 0) return { entries: [] };
  if (!startsLikeTar(plain)) throw new UnrecognizedArchive();
  const entries: ArchiveEntry[] = [];
  const complete = await readEntries(plain, entries);
  if (complete) return { entries };
  const last = entries.at(-1);
  const missing = last?.type === "file" ? last.size - last.data.length : 0;
  if (!last || missing <= 0) return { entries, truncated: { missing: 0 } };
  last.cut = true;
  return { entries, truncated: { entry: last, missing } };
}

async function readEntries(bytes: Buffer, entries: ArchiveEntry[]): Promise<boolean> {
  const stream = extract();
  stream.on("entry", (headers, content, next) => {
    const entry = entryOf(headers);
    const pieces: Buffer[] = [];
    entries.push(entry);
    const keep = () => {
      entry.data = Buffer.concat(pieces);
    };
    content.on("data", (piece) => pieces.push(piece as Buffer));
    content.on("error", keep);
    content.on("end", () => {
      keep();
      entry.size = Number(paxRecords(headers)[sparseSize] ?? entry.size);
      next();
    });
  });
  return await new Promise<boolean>((resolve) => {
    let whole = true;
    stream.on("error", () => {
      whole = false;
    });
    // After an error, what came of the last member is only complete once the stream is closed.
    stream.on("close", () => resolve(whole));
    stream.end(bytes);
  });
}

function entryOf(headers: Header): ArchiveEntry {
  const type = headers.type as ArchiveEntry["type"];
  const { [flagsRecord]: flags, path, hdrcharset } = paxRecords(headers);
  const named = path !== undefined && /[^\x00-\x7f]/.test(path);
  return {
    ...(named && { charset: hdrcharset === "BINARY" ? "BINARY" : "UTF-8" }),
    name: headers.name,
    type,
    mode: headers.mode & 0o7777,
    uid: headers.uid,
    gid: headers.gid,
    uname: headers.uname,
    gname: headers.gname,
    mtime: headers.mtime.getTime(),
    size: headers.size,
    linkname: headers.linkname ?? "",
    flags: flags ? flags.split(",") : [],
    data: Buffer.alloc(0),
  };
}

function paxRecords(headers: Header): Record<string, string> {
  return (headers.pax ?? {}) as Record<string, string>;
}

/** Whether the first header has the checksum that every kind of tar has. */
function startsLikeTar(bytes: Buffer): boolean {
  if (bytes.length < 512) return false;
  const header = bytes.subarray(0, 512);
  if (header.every((byte) => byte === 0)) return true;
  const stored = Number.parseInt(header.toString("latin1", 148, 156), 8);
  let sum = 8 * 32;
  for (let index = 0; index < 512; index += 1) {
    if (index < 148 || index >= 156) sum += header[index] as number;
  }
  return stored === sum;
}
