import type { Dataset, Machine, Release } from "../../contract.js";
import { findProperty, isUserProperty } from "../../kernel/zfs/properties.js";
import type { SpaceTable } from "../../kernel/zfs/space.js";
import { getProperty, showValue } from "../../kernel/zfs/values.js";

/** A property as list and get show it. */
export interface Column {
  /** The property's full name. */
  name: string;
  title: string;
  right: boolean;
  /** Width where no value may change it; absent when values count. */
  fixed: boolean;
  width: number;
}

const REFERENCED_WIDTH_OF_13 = 8;

/** The column of a property; undefined when there is no such property. */
export function columnOf(release: Release, name: string): Column | undefined {
  if (name === "name") {
    return { name, title: "NAME", right: false, fixed: false, width: 4 };
  }
  const property = findProperty(release, name);
  if (!property) {
    if (!isUserProperty(name)) return undefined;
    return { name, title: name.toUpperCase(), right: false, fixed: false, width: name.length };
  }
  const { kind, column: title } = property;
  const numeric = kind !== "index" && kind !== "string" && kind !== "date";
  const longest = Math.max(0, ...(property.values ?? []).map((value) => value.length));
  let width = Math.max(title.length, numeric ? 5 : longest);
  // OpenZFS 2.1 takes this property for another one with the same number, whose values are words.
  if (property.name === "referenced" && release === "13.2-RELEASE") width = REFERENCED_WIDTH_OF_13;
  return { name: property.name, title, right: numeric, fixed: numeric || kind === "index", width };
}

/** What a cell says; "-" where the dataset has no such property. */
export function cellText(
  machine: Machine,
  space: SpaceTable,
  dataset: Dataset,
  column: Column,
  literal: boolean,
): string {
  if (column.name === "name") return dataset.name;
  const found = getProperty(machine, space, dataset, column.name);
  if (!found) return "-";
  return literal
    ? literalText(machine, column.name, found.value)
    : shownText(machine, column.name, found.value);
}

function shownText(machine: Machine, name: string, value: string): string {
  return showValue(findProperty(machine.release, name), value);
}

/** With -p a limit that is not set is a number, too. */
function literalText(machine: Machine, name: string, value: string): string {
  const kind = findProperty(machine.release, name)?.kind;
  return kind === "count" && value === "none" ? "18446744073709551615" : value;
}

/** Lays out rows under their titles, as zfs list does; scripted without titles, between tabs. */
export function formatTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  options: { scripted: boolean; literal: boolean },
): string {
  if (options.scripted) return rows.map((row) => `${row.join("\t")}\n`).join("");
  const widths = columns.map((column, index) => {
    if (column.fixed && !options.literal) return column.width;
    return Math.max(column.width, ...rows.map((row) => row[index]?.length ?? 0));
  });
  const line = (cells: readonly string[]) =>
    `${cells.map((cell, index) => pad(cell, columns, index, widths[index] ?? 0)).join("  ")}\n`;
  return [columns.map((column) => column.title), ...rows].map(line).join("");
}

function pad(cell: string, columns: readonly Column[], index: number, width: number): string {
  if (columns[index]?.right) return cell.padStart(width);
  return index === columns.length - 1 ? cell : cell.padEnd(width);
}
