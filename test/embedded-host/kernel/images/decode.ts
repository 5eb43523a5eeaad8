/** What is in images of other formats, after their specifications: the sectors of the disk. Nothing compressed, nothing in several files. */
const sector = 512;

/** An image that is none of its format, or uses what is not modelled. */
export class BadImage extends Error {}

/** The sectors of the disk in an image. */
export const decoders: Readonly<Record<string, (image: Buffer) => Buffer>> = {
  raw: (image) => image,
  qcow2: decodeQcow2,
  vmdk: decodeVmdk,
  vpc: decodeVhd,
};

function expectMagic(image: Buffer, magic: string, at = 0): void {
  const found = image.toString("latin1", at, at + magic.length);
  if (found !== magic) throw new BadImage("Image is not in the format that was given");
}

/** Puts pieces of an image where they belong on the disk. */
function assemble(size: number, pieces: Iterable<{ at: number; bytes: Buffer }>): Buffer {
  const disk = Buffer.alloc(size);
  for (const { at, bytes } of pieces) bytes.copy(disk, at);
  return disk;
}

function decodeQcow2(image: Buffer): Buffer {
  expectMagic(image, "QFI\xfb");
  if (image.readBigUInt64BE(8) !== 0n) throw new BadImage("Could not open backing file");
  const cluster = 1 << image.readUInt32BE(20);
  const size = Number(image.readBigUInt64BE(24));
  const tables = entriesOf(image, Number(image.readBigUInt64BE(40)), image.readUInt32BE(36));
  return assemble(size, clustersOf(image, tables, cluster));
}

function* clustersOf(image: Buffer, tables: readonly bigint[], cluster: number) {
  const perTable = cluster / 8;
  for (const [number, table] of tables.entries()) {
    if (offsetOf(table) === 0) continue;
    for (const [index, entry] of entriesOf(image, offsetOf(table), perTable).entries()) {
      if ((entry >> 62n) & 1n) throw new BadImage("compressed clusters are not modelled");
      const from = offsetOf(entry);
      const at = (number * perTable + index) * cluster;
      if (from > 0) yield { at, bytes: image.subarray(from, from + cluster) };
    }
  }
}

const entriesOf = (image: Buffer, at: number, count: number): bigint[] =>
  Array.from({ length: count }, (_, i) => image.readBigUInt64BE(at + i * 8));

/** The offset in an entry of a table: what stands in its lowest nine bits and its highest byte are flags. */
const offsetOf = (entry: bigint): number => Number(entry & 0x00fffffffffffe00n);

function decodeVmdk(image: Buffer): Buffer {
  expectMagic(image, "KDMV");
  if (image.readUInt16LE(77) !== 0) throw new BadImage("compressed grains are not modelled");
  const [capacity, grain] = [12, 20].map((at) => Number(image.readBigUInt64LE(at)) * sector);
  const perTable = image.readUInt32LE(44);
  const directory = Number(image.readBigUInt64LE(56)) * sector;
  return assemble(capacity!, grainsOf(image, directory, perTable, capacity!, grain!));
}

function* grainsOf(
  image: Buffer,
  directory: number,
  perTable: number,
  size: number,
  grain: number,
) {
  for (let at = 0; at < size; at += grain) {
    const number = at / grain;
    const table = image.readUInt32LE(directory + Math.floor(number / perTable) * 4) * sector;
    const from = table === 0 ? 0 : image.readUInt32LE(table + (number % perTable) * 4) * sector;
    if (from > sector) yield { at, bytes: image.subarray(from, from + grain) };
  }
}

function decodeVhd(image: Buffer): Buffer {
  const footer = image.subarray(image.length - sector);
  expectMagic(footer, "conectix");
  const size = Number(footer.readBigUInt64BE(48));
  if (footer.readUInt32BE(60) === 2) return image.subarray(0, size);
  const header = Number(footer.readBigUInt64BE(16));
  expectMagic(image, "cxsparse", header);
  const table = Number(image.readBigUInt64BE(header + 16));
  return assemble(size, blocksOf(image, table, image.readUInt32BE(header + 32), size));
}

function* blocksOf(image: Buffer, table: number, block: number, size: number) {
  const bitmap = Math.ceil(block / sector / 8 / sector) * sector;
  for (let at = 0; at < size; at += block) {
    const place = image.readUInt32BE(table + (at / block) * 4);
    const from = place * sector + bitmap;
    if (place !== 0xffffffff) yield { at, bytes: image.subarray(from, from + block) };
  }
}
