import type { Dataset, Process } from "../../contract.js";
import { parentOf } from "../../kernel/zfs/names.js";
import { findProperty, isUserProperty, nativeProperties } from "../../kernel/zfs/properties.js";
import { SpaceTable } from "../../kernel/zfs/space.js";
import { getProperty } from "../../kernel/zfs/values.js";
import { argumentOf, has, type Options } from "../system/options.js";
import { type Column, cellText, columnOf } from "./columns.js";
import { subcommandOptions } from "./command.js";
import { readSelection, selectDatasets } from "./select.js";
import { usageError } from "./usage.js";

const FIELDS = ["name", "property", "value", "received", "source"] as const;
type Field = (typeof FIELDS)[number];
type Row = Record<Field, string>;

const SOURCES = ["local", "default", "inherited", "received", "temporary", "none"];

/** zfs get */
export function runGet(process: Process, args: readonly string[]): number {
  const { machine } = process;
  const options = subcommandOptions(process, "get", args, "d:o:s:rt:Hp");
  const [properties, ...names] = options.operands;
  if (properties === undefined) {
    throw usageError(machine.release, "get", "missing property argument");
  }
  const fields = readFields(process, argumentOf(options, "o"));
  const sources = readSources(process, argumentOf(options, "s"));
  const columns = properties === "all" ? undefined : readProperties(process, properties);
  const selection = readSelection(process, "get", options, names);
  const { datasets, status } = selectDatasets(process, selection);
  const space = new SpaceTable(machine);
  const literal = has(options, "p");
  const rows = datasets.flatMap((dataset) =>
    rowsOf(process, space, dataset, columns, literal).filter((row) => sources.has(kindOf(row))),
  );
  process.stdout.write(format(process, rows, fields, columns, options));
  return status;
}

function readFields(process: Process, text: string | undefined): Field[] {
  if (text === undefined) return ["name", "property", "value", "source"];
  if (text === "all") return [...FIELDS];
  return text.split(",").map((name) => {
    const field = FIELDS.find((known) => known === name);
    if (field) return field;
    throw usageError(process.machine.release, "get", `invalid column name '${name}'`);
  });
}

function readSources(process: Process, text: string | undefined): Set<string> {
  const names = text?.split(",") ?? SOURCES;
  const unknown = names.find((name) => !SOURCES.includes(name));
  if (unknown === undefined) return new Set(names);
  throw usageError(process.machine.release, "get", `invalid source '${unknown}'`);
}

function readProperties(process: Process, list: string): Column[] {
  return list.split(",").map((name) => {
    const column = columnOf(process.machine.release, name);
    if (column) return column;
    const reason = `bad property list: invalid property '${name}'`;
    throw usageError(process.machine.release, "get", reason);
  });
}

/** What kind of source a row has, in the words of -s. */
function kindOf(row: Row): string {
  if (row.source === "-") return "none";
  return row.source.startsWith("inherited") ? "inherited" : row.source;
}

function rowsOf(
  process: Process,
  space: SpaceTable,
  dataset: Dataset,
  columns: readonly Column[] | undefined,
  literal: boolean,
): Row[] {
  const { machine } = process;
  return (columns ?? allColumns(process, space, dataset)).map((column) => {
    const source = getProperty(machine, space, dataset, column.name)?.source ?? "-";
    const value = cellText(machine, space, dataset, column, literal);
    const received = source === "received" ? value : "-";
    return { name: dataset.name, property: column.name, value, received, source };
  });
}

/** Every native property that the dataset has, then the user properties. */
function allColumns(process: Process, space: SpaceTable, dataset: Dataset): Column[] {
  const { machine } = process;
  const native = nativeProperties(machine.release)
    .filter((one) => getProperty(machine, space, dataset, one.name) !== undefined)
    .map((one) => one.name);
  const user = new Set<string>();
  for (let at: string | undefined = dataset.name; at !== undefined; at = parentOf(at)) {
    for (const name of machine.datasets.get(at)?.properties.keys() ?? []) {
      if (!findProperty(machine.release, name) && isUserProperty(name)) user.add(name);
    }
  }
  return [...native, ...[...user].sort()].flatMap((name) => columnOf(machine.release, name) ?? []);
}

function format(
  process: Process,
  rows: readonly Row[],
  fields: readonly Field[],
  columns: readonly Column[] | undefined,
  options: Options,
): string {
  if (has(options, "H")) {
    return rows.map((row) => `${fields.map((field) => row[field]).join("\t")}\n`).join("");
  }
  if (rows.length === 0) return "";
  const titles = Object.fromEntries(FIELDS.map((field) => [field, field.toUpperCase()])) as Row;
  const shown = columns ?? defaultColumns(process);
  const width = (field: Field) => Math.max(...[titles, ...rows].map((row) => row[field].length));
  const widths: Record<Field, number> = {
    name: width("name"),
    property: Math.max(8, width("property")),
    value: Math.max(width("value"), ...shown.map((column) => column.width)),
    received: width("received"),
    source: width("source"),
  };
  return [titles, ...rows]
    .map((row) => {
      const cells = fields.map((field, index) =>
        index === fields.length - 1 ? row[field] : row[field].padEnd(widths[field]),
      );
      return `${cells.join("  ")}\n`;
    })
    .join("");
}

/** With "all" the value column is as wide as the widest title of any property's column. */
function defaultColumns(process: Process): Column[] {
  const { release } = process.machine;
  return nativeProperties(release).flatMap((one) => columnOf(release, one.name) ?? []);
}
