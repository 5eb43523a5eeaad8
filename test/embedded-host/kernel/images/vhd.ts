/** VHD, as Virtual PC and Azure read it: of fixed size with a footer, or dynamic with a table of blocks. */
import { usedPieces } from "./pieces.js";

const sector = 512;
const block = 2 * 1024 * 1024;
/** A block's bitmap of sectors: one sector, all of them in use. */
const bitmap = Buffer.alloc(sector, 0xff);
const none = 0xffffffff;

/** Heads and sectors of a track, where they were given. */
export interface Geometry {
  readonly heads: number;
  readonly sectors: number;
}

/** The sectors of a disk, and a footer. */
export function encodeFixedVhd(disk: Buffer, given?: Geometry): Buffer {
  return Buffer.concat([disk, footerOf(disk.length, 2, given)]);
}

/** The blocks of a disk that hold something. */
export function encodeVhd(disk: Buffer, given?: Geometry): Buffer {
  const used = usedPieces(disk, block);
  const count = Math.ceil(disk.length / block);
  const table = Buffer.alloc(Math.ceil((count * 4) / sector) * sector, 0xff);
  const data = (3 * sector + table.length) / sector;
  [...used.keys()].forEach((piece, index) => {
    table.writeUInt32BE(data + index * ((block + sector) / sector), piece * 4);
  });
  const footer = footerOf(disk.length, 3, given);
  const blocks = [...used.values()].flatMap((piece) => [bitmap, piece]);
  return Buffer.concat([footer, headerOf(count), table, ...blocks, footer]);
}

function footerOf(size: number, type: 2 | 3, given: Geometry | undefined): Buffer {
  const footer = Buffer.alloc(sector);
  footer.write("conectix", 0);
  footer.writeUInt32BE(2, 8);
  footer.writeUInt32BE(0x10000, 12);
  // A disk of fixed size has no header.
  footer.writeBigUInt64BE(type === 2 ? 0xffffffffffffffffn : BigInt(sector), 16);
  footer.write("*img", 28);
  footer.writeUInt32BE(0x10000, 32);
  footer.write("FBSD", 36);
  footer.writeBigUInt64BE(BigInt(size), 40);
  footer.writeBigUInt64BE(BigInt(size), 48);
  geometryOf(size / sector, given).copy(footer, 56);
  footer.writeUInt32BE(type, 60);
  footer.write("pulumi-freebsd..", 68);
  return sealed(footer, 64);
}

function headerOf(blocks: number): Buffer {
  const header = Buffer.alloc(2 * sector);
  header.write("cxsparse", 0);
  header.writeBigUInt64BE(0xffffffffffffffffn, 8);
  header.writeBigUInt64BE(BigInt(3 * sector), 16);
  header.writeUInt32BE(0x10000, 24);
  header.writeUInt32BE(blocks, 28);
  header.writeUInt32BE(block, 32);
  return sealed(header, 36);
}

/** The check sum: the complement of the sum of all other bytes. */
function sealed(bytes: Buffer, at: number): Buffer {
  const sum = bytes.reduce((all, byte) => all + byte, 0);
  bytes.writeUInt32BE((none - sum) >>> 0, at);
  return bytes;
}

/** Cylinders, heads and sectors: those that were given, or by the rule in the appendix of the specification. */
function geometryOf(total: number, given: Geometry | undefined): Buffer {
  const sectors = Math.min(total, 65535 * 16 * 255);
  const choose = (): [number, number, number] => {
    if (given) return [Math.floor(total / given.heads / given.sectors), given.heads, given.sectors];
    if (sectors >= 65535 * 16 * 63) return [Math.floor(sectors / 255 / 16), 16, 255];
    for (const track of [17, 31, 63]) {
      const rows = Math.floor(sectors / track);
      const heads = track === 17 ? Math.max(4, Math.ceil(rows / 1024)) : 16;
      if (track === 63 || (heads <= 16 && rows < heads * 1024)) {
        return [Math.floor(rows / heads), heads, track];
      }
    }
    return [0, 0, 0];
  };
  const [cylinders, heads, track] = choose();
  return Buffer.from([(cylinders >> 8) & 0xff, cylinders & 0xff, heads, track]);
}
