import type { DetailedStat } from "../../../kernel/attributes.js";
import { blockSize } from "./blocks.js";
import { listDate } from "./dates.js";
import { flagsText, modeText } from "./modes.js";
import type { Run } from "./options.js";
import { Owners } from "./owners.js";

export interface Listed {
  name: string;
  stat: DetailedStat;
}

/** The order of the C locale. */
export function byteOrder(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** A long listing. 13.2 sets two blanks after owner and group, 15.1 one. */
export function printLong(run: Run, entries: Listed[], total: boolean): void {
  const unit = unitOf(run);
  const owners = new Owners(run);
  const rows = entries.map((entry) => columns(run, entry, owners, unit));
  const widths = widthsOf(rows);
  const gap = run.process.machine.release === "13.2-RELEASE" ? "  " : " ";
  const lines = rows.map((row) => `${layOut(row, widths, gap)}\n`);
  const head = total ? totalLine(run, entries) : "";
  run.process.stdout.write(Buffer.from(head + lines.join("")));
}

/** The unit of blocks: BLOCKSIZE, or 1024 bytes with -k. */
export function unitOf(run: Run): number {
  return run.options.has("k") ? 1024 : blockSize(run);
}

/** The line above the entries of a directory. */
export function totalLine(run: Run, entries: Listed[]): string {
  const sum = entries.reduce((all, { stat }) => all + stat.space, 0);
  return `total ${Math.ceil(sum / unitOf(run))}\n`;
}

interface Row {
  inode?: string;
  blocks?: string;
  mode: string;
  links: string;
  user: string;
  group: string;
  flags?: string;
  size: string;
  /** Date and name. */
  rest: string;
}

function columns(run: Run, { name, stat }: Listed, owners: Owners, unit: number): Row {
  const { options } = run;
  const arrow = stat.type === "symlink" ? ` -> ${stat.target}` : "";
  const date = listDate(stat.mtime, run.process.machine.now());
  const numeric = options.has("n");
  return {
    ...(options.has("i") && { inode: String(stat.ino) }),
    ...(options.has("s") && { blocks: String(Math.ceil(stat.space / unit)) }),
    mode: modeText(stat),
    links: String(stat.nlink),
    user: numeric ? String(stat.uid) : owners.user(stat.uid),
    group: numeric ? String(stat.gid) : owners.group(stat.gid),
    ...(options.has("o") && { flags: flagsText(stat.flags) }),
    size: stat.type === "chardev" ? `0x${stat.ino.toString(16)}` : sizeText(run, stat.size),
    rest: `${date} ${name}${arrow}`,
  };
}

/** -h: at most three digits and a unit, as humanize_number(3) writes them. */
export function humanSize(size: number): string {
  const units = ["B", "K", "M", "G", "T", "P"];
  let value = size;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  const text = unit > 0 && value < 9.95 ? value.toFixed(1) : String(Math.round(value));
  return text + units[unit];
}

function sizeText(run: Run, size: number): string {
  return run.options.has("h") ? humanSize(size) : String(size);
}

type Column = "inode" | "blocks" | "links" | "user" | "group" | "flags" | "size";

function widthsOf(rows: Row[]): Record<Column, number> {
  const widest = (column: Column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0));
  return {
    inode: widest("inode"),
    blocks: widest("blocks"),
    links: widest("links"),
    user: widest("user"),
    group: widest("group"),
    flags: widest("flags"),
    size: widest("size"),
  };
}

function layOut(row: Row, widths: Record<Column, number>, gap: string): string {
  const before = [row.inode?.padStart(widths.inode), row.blocks?.padStart(widths.blocks)];
  const start = before.filter((part) => part !== undefined).map((part) => `${part} `);
  const flags = row.flags === undefined ? "" : `${row.flags.padEnd(widths.flags)} `;
  return (
    `${start.join("")}${row.mode}  ${row.links.padStart(widths.links)} ` +
    `${row.user.padEnd(widths.user)}${gap}${row.group.padEnd(widths.group)}${gap}${flags}` +
    `${row.size.padStart(widths.size)} ${row.rest}`
  );
}
