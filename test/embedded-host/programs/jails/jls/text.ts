/** jls(8)'s output for people. */
import type { Jail, Process } from "../../../contract.js";
import type { JailValue } from "../../../kernel/jail/import.js";
import { negativeName, positiveName } from "../../../kernel/jail/parameters.js";
import { type Column, columnValue, isSkipped } from "./columns.js";

export interface Style {
  /** -n and -s: name=value. */
  readonly named: boolean;
  /** -q and -s: quotes around blanks. */
  readonly quoted: boolean;
  /** -s: only what can be set. */
  readonly skip: boolean;
}

/** The table without options. -N shows names in the place of jids. */
export function plainHeader(names: boolean): string {
  return names
    ? ` ${"JID".padEnd(15)} ${"IP Address".padEnd(15)} ${"Hostname".padEnd(29)} Path\n`
    : "   JID  IP Address      Hostname                      Path\n";
}

/** The line of a jail in that table. */
export function plainLine(jail: Jail, values: PlainValues, names: boolean): string {
  const first = names ? ` ${jail.name.padEnd(15)} ` : `${String(jail.jid).padStart(6)}  `;
  const address = cut(values.inet[0] ?? "", 15);
  return `${first}${address} ${cut(values.hostname, 29)} ${jail.path.slice(0, 74)}\n`;
}

export interface PlainValues {
  readonly hostname: string;
  readonly inet: readonly string[];
  readonly inet6: readonly string[];
}

export const verboseHeader = `   JID  Hostname                      Path
        Name                          State
        CPUSetID
        IP Address(es)
`;

/** The lines of -v for a jail. */
export function verboseLines(jail: Jail, values: PlainValues): string {
  const state = jail.dying ? "DYING" : "ACTIVE";
  const lines = [
    `${String(jail.jid).padStart(6)}  ${cut(values.hostname, 29)} ${jail.path.slice(0, 74)}`,
    `        ${cut(jail.name, 29)} ${state}`,
    `        ${jail.cpusetId}`,
    ...[...values.inet, ...values.inet6].map((address) => `        ${address}`),
  ];
  return `${lines.join("\n")}\n`;
}

function cut(text: string, width: number): string {
  return text.slice(0, width).padEnd(width);
}

/** One line with the columns of a jail. */
export function columnLine(
  process: Process,
  jail: Jail,
  columns: readonly Column[],
  style: Style,
): string {
  const fields = columns
    .filter((column) => !style.skip || !isSkipped(process, jail, column))
    .map((column) => field(column, columnValue(process, jail, column), style));
  return `${fields.join(" ")}\n`;
}

function field(column: Column, value: JailValue, style: Style): string {
  if (!style.named) return bare(value, style);
  if (typeof value === "boolean") {
    if (value) return column.name;
    return column.name === column.parameter.name
      ? negativeName(column.name)
      : (positiveName(column.name) ?? column.name);
  }
  return `${column.name}=${bare(value, style)}`;
}

function bare(value: JailValue, style: Style): string {
  if (typeof value === "boolean") return String(value);
  if (Array.isArray(value)) {
    if (value.length > 0) return value.join(",");
    return style.quoted ? '""' : style.named ? "" : "-";
  }
  if (value === "") return '""';
  if (!style.quoted) return value;
  const mark = value.includes("'")
    ? '"'
    : value.includes('"')
      ? "'"
      : /[ \t]/.test(value)
        ? '"'
        : "";
  return mark + value + mark;
}
