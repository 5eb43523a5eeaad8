/** QCOW2, version 2: header, tables of two levels, reference counts, and the clusters that hold something. */
import { padTo, usedPieces } from "./pieces.js";

const bits = 16;
const cluster = 1 << bits;
/** A table of the second level, one cluster, names so many clusters. */
const perTable = cluster / 8;
/** A block of reference counts of two bytes. */
const perCounts = cluster / 2;
/** Set in entries whose cluster belongs to this image alone. */
const copied = 1n << 63n;

/** A disk as a QCOW2 image. */
export function encodeQcow2(disk: Buffer): Buffer {
  const size = Math.ceil(disk.length / cluster) * cluster;
  const used = usedPieces(disk, cluster);
  const firstLevel = Math.ceil(size / cluster / perTable);
  const tables = [...new Set([...used.keys()].map((at) => Math.floor(at / perTable)))];
  const directory = Math.ceil((firstLevel * 8) / cluster);
  // Header, first level, table of counts, counts, second level, data.
  const fixed = 1 + directory + 1 + tables.length + used.size;
  const counts = Math.ceil((fixed + Math.ceil(fixed / (perCounts - 1))) / perCounts);
  const countsAt = 1 + directory + 1;
  const tablesAt = countsAt + counts;
  const dataAt = tablesAt + tables.length;
  const pieces = [
    headerOf(size, firstLevel, directory),
    padTo(firstLevelOf(firstLevel, tables, tablesAt), cluster),
    padTo(
      offsets(
        Array.from({ length: counts }, (_, at) => countsAt + at),
        0n,
      ),
      cluster,
    ),
    countsOf(counts, dataAt + used.size),
    ...tables.map((table) => secondLevelOf(table, [...used.keys()], dataAt)),
    ...used.values(),
  ];
  return Buffer.concat(pieces);
}

function headerOf(size: number, firstLevel: number, directory: number): Buffer {
  const header = Buffer.alloc(cluster);
  header.write("QFI\xfb", 0, "latin1");
  header.writeUInt32BE(2, 4);
  header.writeUInt32BE(bits, 20);
  header.writeBigUInt64BE(BigInt(size), 24);
  header.writeUInt32BE(firstLevel, 36);
  header.writeBigUInt64BE(BigInt(cluster), 40);
  header.writeBigUInt64BE(BigInt((1 + directory) * cluster), 48);
  header.writeUInt32BE(1, 56);
  return header;
}

function firstLevelOf(length: number, tables: readonly number[], at: number): Buffer {
  const places = Array.from({ length }, (_, table) => {
    const index = tables.indexOf(table);
    return index < 0 ? undefined : at + index;
  });
  return offsets(places, copied);
}

function secondLevelOf(table: number, used: readonly number[], at: number): Buffer {
  const places = new Array<number | undefined>(perTable).fill(undefined);
  used.forEach((piece, index) => {
    if (Math.floor(piece / perTable) === table) places[piece % perTable] = at + index;
  });
  return offsets(places, copied);
}

/** Offsets of clusters; 0 for those that there are not. */
function offsets(places: readonly (number | undefined)[], flag: bigint): Buffer {
  const bytes = Buffer.alloc(places.length * 8);
  places.forEach((place, index) => {
    if (place !== undefined) bytes.writeBigUInt64BE(BigInt(place * cluster) | flag, index * 8);
  });
  return bytes;
}

function countsOf(blocks: number, clusters: number): Buffer {
  const counts = Buffer.alloc(blocks * cluster);
  for (let at = 0; at < clusters; at += 1) counts.writeUInt16BE(1, at * 2);
  return counts;
}
