import type { Process } from "../../../contract.js";
import { findDisk, type MemoryDisk, machineDevices } from "../../../kernel/devices.js";
import type { MemoryFileSystem } from "../../../kernel/files.js";
import { geometryOf } from "../../../kernel/images/geometry.js";
import { sector, typeId } from "../../../kernel/images/gpt.js";
import { type NamedPartition, type NamedTable, tablesOn } from "../../../kernel/images/tables.js";
import { humanSize } from "../../files/support/list-format.js";
import { describeProblem, has, readOptions } from "../options.js";

/** A disk, or a slice of one, with a table of partitions. */
interface Geom extends NamedTable {
  readonly disk: MemoryDisk;
}

/** gpart(8): `show` and `list` of the tables that memory disks have. */
export function gpart(process: Process): number {
  const [verb = "", ...rest] = process.argv.slice(1);
  const show =
    verb === "show" || verb === "list" ? { show: showTable, list: listTable }[verb] : undefined;
  if (!show) {
    process.stderr.write(`gpart: Unknown command: ${verb}.\n`);
    return 1;
  }
  const options = readOptions(rest, verb === "show" ? "lpr" : "a");
  if (options.problem) {
    process.stderr.write(describeProblem("gpart", options.problem));
    return 1;
  }
  const known = geomsOf(process);
  const named = options.operands.map((name) => known.find((one) => one.name === name) ?? name);
  for (const geom of named.length > 0 ? named : known) {
    if (typeof geom === "string") {
      process.stderr.write(`gpart: No such geom: ${geom}.\n`);
      return 1;
    }
    process.stdout.write(show(process, geom, has(options, "p"), has(options, "l")));
  }
  return 0;
}

function geomsOf(process: Process): Geom[] {
  const files = process.machine.files as MemoryFileSystem;
  return [...machineDevices(process.machine)].flatMap(([name, disk]) => {
    if (disk.file === undefined) return [];
    const bytes = files.readStored({ root: "/", cwd: "/" }, disk.file);
    return tablesOn(bytes, name).map((table) => ({
      ...{ ...table, disk: findDisk(process.machine, table.name) ?? disk },
    }));
  });
}

/** "512M", as humanize_number(3) has it. */
function amount(bytes: number): string {
  return humanSize(bytes).replace(/\.0(?=\D)/, "");
}

function showTable(
  _process: Process,
  { name, scheme, disk, table, partitions }: Geom,
  providers: boolean,
  labels: boolean,
): string {
  const titles = new Map(
    partitions.map(({ index, device }) => [index, providers ? device : `${index}`]),
  );
  const width = Math.max(name.length, ...[...titles.values()].map((title) => title.length));
  const digits = String(table.last).length;
  const number = (value: number) => String(value).padStart(digits);
  const head = `=>${number(table.first)}  ${number(table.last - table.first + 1)}`;
  const lines = [`${head}  ${name.padStart(width)}  ${scheme}  (${amount(disk.size)})\n`];
  const row = (start: number, length: number, title: string, what: string) =>
    `  ${number(start)}  ${number(length)}  ${title.padStart(width)}  ${what}  (${amount(length * sector)})\n`;
  let at = table.first;
  const ordered = [...partitions].sort((one, other) => one.start - other.start);
  for (const { index, start, length, type, label } of ordered) {
    if (start > at) lines.push(row(at, start - at, "", "- free -"));
    lines.push(row(start, length, titles.get(index) ?? "", labels ? label || "(null)" : type));
    at = start + length;
  }
  if (at <= table.last) lines.push(row(at, table.last - at + 1, "", "- free -"));
  return `${lines.join("")}\n`;
}

function listTable(process: Process, geom: Geom): string {
  const { name, scheme, disk, table } = geom;
  const { heads, sectors } = geometryOf(disk.size / sector);
  const { machine } = process;
  const mode = (device: string) =>
    machine.files.mounts.some(({ from }) => from === `/dev/${device}`) && findDisk(machine, device)
      ? "r1w1e1"
      : "r0w0e0";
  const partitions = geom.partitions.map(
    (partition, place) =>
      `${place + 1}. Name: ${partition.device}\n${details(scheme, partition, mode(partition.device))}`,
  );
  return `Geom name: ${name}
modified: false
state: OK
fwheads: ${heads}
fwsectors: ${sectors}
last: ${table.last}
first: ${table.first}
entries: ${table.entries}
scheme: ${scheme}
Providers:
${partitions.join("")}Consumers:
1. Name: ${name}
   Mediasize: ${disk.size} (${amount(disk.size)})
   Sectorsize: ${sector}
   Mode: ${mode(name)}

`;
}

function details(scheme: string, partition: NamedPartition, mode: string): string {
  const { index, start, length, type, label, uuid } = partition;
  const bytes = length * sector;
  const own =
    scheme === "GPT"
      ? `   efimedia: HD(${index},GPT,${uuid},0x${start.toString(16)},0x${length.toString(16)})
   rawuuid: ${uuid}
   rawtype: ${typeId(type)}
   label: ${label || "(null)"}
`
      : `   rawtype: ${uuid}\n`;
  return `   Mediasize: ${bytes} (${amount(bytes)})
   Sectorsize: ${sector}
   Stripesize: 0
   Stripeoffset: ${start * sector}
   Mode: ${mode}
${own}   length: ${bytes}
   offset: ${start * sector}
   type: ${type}
   index: ${index}
   end: ${start + length - 1}
   start: ${start}
`;
}
