import { gunzipSync } from "node:zlib";
import { extract, type Header, pack } from "tar-stream";

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
  size: number;
  linkname: string;
  /** File flags, as libarchive keeps them in SCHILY.fflags. */
  flags: string[];
  data: Buffer;
}

/** What an archive held. */
export interface Archive {
  entries: ArchiveEntry[];
  /** The archive ends early: `missing` bytes of `entry`, or between two members when there is none. */
  truncated?: { entry?: ArchiveEntry; missing: number };
}

const flagsRecord = "SCHILY.fflags";

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
  const { name, type, uid, gid, uname, gname, linkname, flags } = entry;
  const linked = type === "link" || type === "symlink";
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
    ...(flags.length > 0 && { pax: { [flagsRecord]: flags.join(",") } }),
  };
}

/** Thrown for bytes that are no archive. */
export class UnrecognizedArchive extends Error {}

/** Reads an archive, compressed by gzip or not, as far as it goes. */
export async function decodeArchive(bytes: Buffer): Promise<Archive> {
  const plain = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
  if (plain.length === 0) return { entries: [] };
  if (!startsLikeTar(plain)) throw new UnrecognizedArchive();
  const entries: ArchiveEntry[] = [];
  const complete = await readEntries(plain, entries);
  if (complete) return { entries };
  const last = entries.at(-1);
  const missing = last?.type === "file" ? last.size - last.data.length : 0;
  return { entries, truncated: { entry: missing > 0 ? last : undefined, missing } };
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
  const flags = (headers.pax as Record<string, string> | null)?.[flagsRecord];
  return {
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
