import { FsError, type Process } from "../../../contract.js";
import { strerror } from "../../../kernel/errors.js";
import type { MemoryFileSystem } from "../../../kernel/files.js";
import { formats } from "../../../kernel/images/formats.js";
import { encodeTable, type Partition, sector, typeId } from "../../../kernel/images/gpt.js";
import { isNewer } from "../../../kernel/network/interface.js";
import { argumentOf, argumentsOf, describeProblem, readOptions } from "../options.js";

const schemes = ["gpt"];
const longOptions: Readonly<Record<string, readonly string[]>> = {
  "--formats": Object.keys(formats),
  "--schemes": schemes,
};
/** Statuses of sysexits(3). */
const [BAD_USAGE, BAD_DATA] = [64, 65];

class Refused extends Error {
  constructor(
    message: string,
    readonly status = BAD_DATA,
  ) {
    super(message);
  }
}

/** mkimg(1): -f, -o, -H and -T, -s gpt and -p TYPE[/LABEL]:=FILE or TYPE[/LABEL]::SIZE; a disk image of partitions. */
export function mkimg(process: Process): number {
  const [first = ""] = process.argv.slice(1);
  const listed = longOptions[first];
  if (listed) {
    process.stdout.write(`${listed.join(" ")}\n`);
    return 0;
  }
  try {
    build(process);
    return 0;
  } catch (error) {
    if (error instanceof Refused) {
      process.stderr.write(`mkimg: ${error.message}\n`);
      return error.status;
    }
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`mkimg: ${error.path}: ${strerror(error.code)}\n`);
    return BAD_DATA;
  }
}

function build(process: Process): void {
  const options = readOptions(process.argv.slice(1), "a:b:C:c:f:o:p:s:vyH:P:S:T:");
  if (options.problem) throw new Refused(describeProblem("mkimg", options.problem), BAD_USAGE);
  const name = argumentOf(options, "f") ?? "raw";
  if (!(name in formats)) throw new Refused("format: Invalid argument");
  const format = formats[name];
  if (!format) throw new Refused(`format ${name}: Operation not supported`);
  const scheme = argumentOf(options, "s");
  if (scheme !== undefined && !schemes.includes(scheme))
    throw new Refused("scheme: Invalid argument");
  const specifications = argumentsOf(options, "p");
  if (scheme === undefined || specifications.length === 0) {
    throw new Refused("no partitioning scheme or partitions given", BAD_USAGE);
  }
  const disk = diskOf(process, specifications, format.unit);
  const output = argumentOf(options, "o");
  const [heads, sectors] = ["H", "T"].map((letter) => Number(argumentOf(options, letter) ?? 0));
  const given = heads && sectors ? { heads, sectors } : undefined;
  const image = format.encode(disk, given);
  if (output === undefined) process.stdout.write(image);
  else process.machine.files.write(process, output, image);
}

interface Content {
  readonly type: string;
  readonly label: string;
  readonly bytes: Buffer;
  /** In sectors. */
  readonly length: number;
}

/** All sectors of the disk. 13.x makes a table of as many entries as there are partitions, in whole sectors. */
function diskOf(process: Process, specifications: readonly string[], unit: number): Buffer {
  const contents = specifications.map((text) => contentOf(process, text));
  const perSector = 4;
  const small = Math.ceil(contents.length / perSector) * perSector;
  const entries = isNewer(process.machine.release) ? 128 : small;
  const first = 2 + entries / perSector;
  const total = contents.reduce((sum, { length }) => sum + length, 0);
  // The second table is at the very end, also where the format has larger units.
  const least = first + total + entries / perSector + 1;
  const sectors = unit === sector ? least : (Math.ceil((least * sector) / unit) * unit) / sector;
  let start = first;
  const partitions = contents.map(({ type, label, length }): Partition => {
    start += length;
    return { type, label, uuid: newId(process), start: start - length, length };
  });
  const table = {
    entries,
    first,
    last: sectors - entries / perSector - 2,
    partitions: new Map(partitions.map((partition, index) => [index + 1, partition])),
  };
  const { before, after } = encodeTable(table, sectors, newId(process));
  const disk = Buffer.alloc(sectors * sector);
  before.copy(disk);
  after.copy(disk, disk.length - after.length);
  partitions.forEach((partition, index) => {
    contents[index]?.bytes.copy(disk, partition.start * sector);
  });
  return disk;
}

function contentOf(process: Process, text: string): Content {
  const [, type = "", label = "", kind, value = ""] =
    /^([^/:]+)(?:\/([^:]*))?:([=:])(.+)$/s.exec(text) ?? [];
  if (kind === undefined) throw new Refused("partition: Invalid argument");
  if (typeId(type) === undefined) throw new Refused("partition: Invalid argument");
  if (kind === ":") return { type, label, bytes: Buffer.alloc(0), length: sectorsOf(value) };
  const files = process.machine.files as MemoryFileSystem;
  const { size } = files.stat(process, value);
  const bytes = files.readStored(process, value);
  return { type, label, bytes, length: Math.ceil(size / sector) };
}

function sectorsOf(text: string): number {
  const match = /^(\d+)([bkmgt]?)$/i.exec(text);
  if (!match) throw new Refused("partition: Invalid argument");
  const unit = "bkmgt".indexOf((match[2] ?? "").toLowerCase() || "b");
  return Math.ceil((Number(match[1]) * 1024 ** unit) / sector);
}

function newId(process: Process): string {
  const digits = Array.from({ length: 32 }, () => Math.floor(process.machine.random() * 16));
  const hex = digits.map((digit) => digit.toString(16)).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
