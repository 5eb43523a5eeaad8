/** Reads .xz files: those of xz(1) and bsdtar, and those of ./encode.ts. */
import { crc32, crc64 } from "./checks.js";
import { footerMagic, magic } from "./encode.js";
import { LzmaState, Output, type Properties, propertiesOf } from "./lzma.js";
import { RangeDecoder } from "./range.js";

export interface Decoded {
  /** What could be read. */
  readonly content: Buffer;
  /** Why it is not all: the file ends too early, or it was changed. */
  readonly problem?: "truncated" | "corrupt";
}

/** Whether a file begins as an .xz file does. */
export function isXz(data: Buffer): boolean {
  return data.subarray(0, magic.length).equals(magic);
}

/** The content of an .xz file, as far as it can be read. */
export function decodeXz(data: Buffer): Decoded {
  const reader = new Reader(data);
  const output = new Output();
  try {
    while (reader.left > 0) readStream(reader, output);
    return { content: output.content };
  } catch (error) {
    if (error instanceof Truncated) return { content: output.content, problem: "truncated" };
    if (error instanceof RangeError) return { content: output.content, problem: "corrupt" };
    throw error;
  }
}

class Truncated extends Error {}

/** Reads bytes of a file one after another. */
class Reader {
  at = 0;
  constructor(readonly data: Buffer) {}

  get left(): number {
    return this.data.length - this.at;
  }
  take(count: number): Buffer {
    if (count > this.left) throw new Truncated();
    this.at += count;
    return this.data.subarray(this.at - count, this.at);
  }
  byte(): number {
    return this.take(1)[0] as number;
  }
  /** A number in groups of seven bits. */
  number(): number {
    let value = 0;
    for (let shift = 1; ; shift *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * shift;
      if (byte < 0x80) return value;
    }
  }
  skipTo(multiple: number, from: number): void {
    this.take((multiple - ((this.at - from) % multiple)) % multiple);
  }
}

function must(condition: boolean): void {
  if (!condition) throw new RangeError("corrupt");
}

const checkSizes = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

function readStream(reader: Reader, output: Output): void {
  must(reader.take(6).equals(magic));
  const flags = reader.take(2);
  must(reader.take(4).readUInt32LE() === crc32(flags));
  const kind = (flags[1] as number) & 0x0f;
  for (let size = reader.byte(); size !== 0; size = reader.byte()) {
    const start = reader.at - 1;
    readBlock(reader, output, (size + 1) * 4, start);
    readCheck(reader, output, kind);
  }
  readIndex(reader);
  reader.take(10);
  must(reader.take(2).equals(footerMagic));
  // Streams may be followed by others, with zeros between them.
  while (reader.left >= 4 && reader.data.readUInt32LE(reader.at) === 0) reader.take(4);
}

function readBlock(reader: Reader, output: Output, size: number, start: number): void {
  const flags = reader.byte();
  must((flags & 0x3f) === 0);
  if (flags & 0x40) reader.number();
  if (flags & 0x80) reader.number();
  // Filters for machine code are not for archives of a jail; xz(1) uses none by itself.
  must(reader.number() === 0x21 && reader.number() === 1);
  reader.byte();
  reader.take(start + size - 4 - reader.at);
  const header = reader.data.subarray(start, start + size - 4);
  must(reader.take(4).readUInt32LE() === crc32(header));
  const body = reader.at;
  output.start = output.length;
  readChunks(reader, output);
  reader.skipTo(4, body);
}

/** The check sum of the block that was just read; of kinds other than CRC32 and CRC64 only the length is known. */
function readCheck(reader: Reader, output: Output, kind: number): void {
  const check = reader.take(checkSizes[kind] as number);
  const block = output.content.subarray(output.block);
  if (kind === 1) must(check.readUInt32LE() === crc32(block));
  if (kind === 4) must(check.equals(crc64(block)));
}

function readIndex(reader: Reader): void {
  const start = reader.at - 1;
  for (let count = 2 * reader.number(); count > 0; count -= 1) reader.number();
  reader.skipTo(4, start);
  reader.take(4);
}

/** LZMA2: chunks of LZMA data, or of data as it is. */
function readChunks(reader: Reader, output: Output): void {
  const range = new RangeDecoder(reader.data);
  let properties: Properties | undefined;
  let state: LzmaState | undefined;
  output.block = output.length;
  for (let control = reader.byte(); control !== 0; control = reader.byte()) {
    if (control === 1 || control >= 0xe0) output.start = output.length;
    if (control < 0x80) {
      must(control <= 2);
      const size = reader.take(2).readUInt16BE() + 1;
      // What there is of a chunk that was cut off is still content.
      output.append(reader.take(Math.min(size, reader.left)));
      if (reader.left === 0) throw new Truncated();
      continue;
    }
    const size = ((control & 0x1f) << 16) + reader.take(2).readUInt16BE() + 1;
    const packed = reader.take(2).readUInt16BE() + 1;
    if (control >= 0xc0) properties = propertiesOf(reader.byte());
    must(properties !== undefined);
    if (control >= 0xa0) state = new LzmaState(properties as Properties);
    must(state !== undefined);
    const from = reader.at;
    reader.take(packed);
    range.start(from, reader.at);
    state?.decode(range, output, output.length + size);
  }
}
