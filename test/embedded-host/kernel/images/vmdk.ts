/** VMDK, "monolithicSparse": a header, a description in words, two directories of grain tables, and grains. */
import { padTo, usedPieces } from "./pieces.js";

const sector = 512;
const grain = 65536;
const perTable = 512;
/** Sectors of the description. */
const description = 1;

/** A disk as a sparse VMDK of one file. */
export function encodeVmdk(disk: Buffer): Buffer {
  const size = Math.ceil(disk.length / grain) * grain;
  const used = usedPieces(disk, grain);
  const tables = Math.ceil(size / grain / perTable);
  const directory = Math.ceil((tables * 4) / sector);
  const tableSectors = tables * ((perTable * 4) / sector);
  const second = 1 + description;
  const first = second + directory + tableSectors;
  const data = Math.ceil(((first + directory + tableSectors) * sector) / grain) * (grain / sector);
  const places = { capacity: size / sector, second, first, data };
  const map = mapOf(tables, [...used.keys()], data);
  const head = Buffer.concat([
    headerOf(places),
    padTo(Buffer.from(descriptionOf(size / sector)), description * sector),
    directoryOf(tables, second + directory, directory),
    map,
    directoryOf(tables, first + directory, directory),
    map,
  ]);
  return Buffer.concat([padTo(head, grain), ...used.values()]);
}

interface Places {
  readonly capacity: number;
  readonly second: number;
  readonly first: number;
  readonly data: number;
}

function headerOf({ capacity, second, first, data }: Places): Buffer {
  const header = Buffer.alloc(sector);
  header.write("KDMV", 0);
  header.writeUInt32LE(1, 4);
  // The characters that end lines are checked; both directories are in use.
  header.writeUInt32LE(3, 8);
  const long = (value: number, at: number) => header.writeBigUInt64LE(BigInt(value), at);
  long(capacity, 12);
  long(grain / sector, 20);
  long(1, 28);
  long(description, 36);
  header.writeUInt32LE(perTable, 44);
  long(second, 48);
  long(first, 56);
  long(data, 64);
  header.write("\n \r\n", 73);
  return header;
}

function descriptionOf(sectors: number): string {
  const cylinders = Math.floor(sectors / (16 * 63));
  return `# Disk DescriptorFile
version=1
CID=fffffffe
parentCID=ffffffff
createType="monolithicSparse"
# Extent description
RW ${sectors} SPARSE "image.vmdk"
# The Disk Data Base
ddb.adapterType = "ide"
ddb.geometry.cylinders = "${cylinders}"
ddb.geometry.heads = "16"
ddb.geometry.sectors = "63"
ddb.virtualHWVersion = "4"
`;
}

function directoryOf(tables: number, at: number, sectors: number): Buffer {
  const directory = Buffer.alloc(sectors * sector);
  for (let table = 0; table < tables; table += 1) {
    directory.writeUInt32LE(at + table * ((perTable * 4) / sector), table * 4);
  }
  return directory;
}

function mapOf(tables: number, used: readonly number[], data: number): Buffer {
  const map = Buffer.alloc(tables * perTable * 4);
  used.forEach((piece, index) => {
    map.writeUInt32LE(data + index * (grain / sector), piece * 4);
  });
  return map;
}
