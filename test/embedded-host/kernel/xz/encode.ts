/** Writes .xz files whose content is stored, not compressed: any xz reads them. */
import { crc32, crc64 } from "./checks.js";

export const magic = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
export const footerMagic = Buffer.from("YZ");
/** One block, checked by CRC64: what xz(1) writes by default. */
const streamFlags = Buffer.from([0x00, 0x04]);
const chunk = 65536;
/** The smallest dictionary, 4 KB: nothing is looked up in it. */
const dictionary = 0x00;

/** An .xz file with this content. */
export function encodeXz(content: Buffer): Buffer {
  // Its length in words less one, no sizes, the filter LZMA2 with its dictionary.
  const header = withCrc(
    Buffer.concat([Buffer.from([0x02, 0x00, 0x21, 0x01, dictionary]), zeros(3)]),
  );
  const body = content.length === 0 ? Buffer.from([0x00]) : chunksOf(content);
  const check = crc64(content);
  const unpadded = header.length + body.length + check.length;
  const records = content.length === 0 ? [] : [numberOf(unpadded), numberOf(content.length)];
  const count = content.length === 0 ? 0 : 1;
  const plain = Buffer.concat([Buffer.from([0x00]), numberOf(count), ...records]);
  const index = withCrc(padded(plain));
  const block = count === 0 ? [] : [header, padded(body), check];
  return Buffer.concat([magic, withCrc(streamFlags), ...block, index, footerOf(index.length)]);
}

function chunksOf(content: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += chunk) {
    const data = content.subarray(at, at + chunk);
    const head = Buffer.from([at === 0 ? 0x01 : 0x02, 0, 0]);
    head.writeUInt16BE(data.length - 1, 1);
    pieces.push(head, data);
  }
  return Buffer.concat([...pieces, Buffer.from([0x00])]);
}

function footerOf(indexSize: number): Buffer {
  const fields = Buffer.alloc(6);
  fields.writeUInt32LE(indexSize / 4 - 1, 0);
  streamFlags.copy(fields, 4);
  return Buffer.concat([little(crc32(fields)), fields, footerMagic]);
}

/** A number in groups of seven bits, the lowest first. */
function numberOf(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

function withCrc(data: Buffer): Buffer {
  return Buffer.concat([data, little(crc32(data))]);
}

function padded(data: Buffer): Buffer {
  return Buffer.concat([data, zeros((4 - (data.length % 4)) % 4)]);
}

function zeros(count: number): Buffer {
  return Buffer.alloc(count);
}

function little(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value, 0);
  return bytes;
}
