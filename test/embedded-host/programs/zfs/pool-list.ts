import { argumentOf, has } from "../system/options.js";
import type { Subcommand } from "./command.js";
import { badProperty, findPools, poolOptions } from "./pool-command.js";
import {
  DEFAULT_POOL_COLUMNS,
  fullPoolProperty,
  POOL_COLUMNS,
  poolValue,
} from "./pool-properties.js";

/** zpool list */
export const runList: Subcommand = (process, args) => {
  const given = poolOptions(process, args, "gHLo:pPT:v");
  const { pools, status } = findPools(process, given.operands);
  const names = (argumentOf(given, "o") ?? DEFAULT_POOL_COLUMNS)
    .split(",")
    .map((name) => fullPoolProperty(name));
  const unknown = names.find((name) => !POOL_COLUMNS[name]);
  if (unknown !== undefined) throw badProperty(process, unknown);
  const rows = pools.map((pool) =>
    names.map((name) => poolValue(process, pool, name, has(given, "p"))),
  );
  if (has(given, "H")) {
    process.stdout.write(rows.map((row) => `${row.join("\t")}\n`).join(""));
    return status;
  }
  if (rows.length === 0) {
    if (status === 0) process.stdout.write("no pools available\n");
    return status;
  }
  process.stdout.write(layOut(names, rows));
  return status;
};

function layOut(names: readonly string[], rows: readonly string[][]): string {
  const columns = names.map((name) => POOL_COLUMNS[name]).filter((column) => column !== undefined);
  const widths = columns.map((column, index) =>
    column.title === "NAME" || column.title === "GUID"
      ? Math.max(column.width, ...rows.map((row) => row[index]?.length ?? 0))
      : column.width,
  );
  const line = (cells: readonly string[]) => {
    const padded = cells.map((cell, index) => {
      const width = widths[index] ?? 0;
      if (columns[index]?.right) return cell.padStart(width);
      return index === cells.length - 1 ? cell : cell.padEnd(width);
    });
    return `${padded.join("  ")}\n`;
  };
  return [columns.map((column) => column.title), ...rows].map(line).join("");
}
