import { argumentOf, has } from "../system/options.js";
import type { Subcommand } from "./command.js";
import { badProperty, findPools, poolOptions } from "./pool-command.js";
import { fullPoolProperty, POOL_COLUMNS, poolValue } from "./pool-properties.js";

/** zpool get */
export const runGet: Subcommand = (process, args) => {
  const given = poolOptions(process, args, "Hpo:");
  const [properties = "", ...names] = given.operands;
  const { pools, status } = findPools(process, names);
  const fields = (argumentOf(given, "o") ?? "name,property,value,source").split(",");
  const rows: Record<string, string>[] = [];
  for (const pool of pools) {
    for (const asked of properties === "all" ? Object.keys(POOL_COLUMNS) : properties.split(",")) {
      const property = fullPoolProperty(asked);
      if (!POOL_COLUMNS[property]) throw badProperty(process, asked);
      const value = poolValue(process, pool, property, has(given, "p"));
      rows.push({ name: pool.name, property, value, source: "-" });
    }
  }
  if (!has(given, "H") && rows.length > 0) {
    rows.unshift({ name: "NAME", property: "PROPERTY", value: "VALUE", source: "SOURCE" });
  }
  const width = (field: string) => Math.max(...rows.map((row) => row[field]?.length ?? 0));
  for (const row of rows) {
    const cells = fields.map((field, index) => {
      const last = index === fields.length - 1;
      return has(given, "H") || last ? (row[field] ?? "") : (row[field] ?? "").padEnd(width(field));
    });
    process.stdout.write(`${cells.join(has(given, "H") ? "\t" : "  ")}\n`);
  }
  return status;
};
