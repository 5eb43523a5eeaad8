import type { Dataset, Process } from "../../contract.js";
import { SpaceTable } from "../../kernel/zfs/space.js";
import { argumentOf, has, type Options } from "../system/options.js";
import { type Column, cellText, columnOf, formatTable } from "./columns.js";
import { subcommandOptions } from "./command.js";
import { readSelection, selectDatasets } from "./select.js";
import { usageError } from "./usage.js";

const DEFAULT_FIELDS = "name,used,available,referenced,mountpoint";
const SPACE_FIELDS =
  "name,available,used,usedbysnapshots,usedbydataset,usedbyrefreservation,usedbychildren";

/** zfs list */
export function runList(process: Process, args: readonly string[]): number {
  const { machine } = process;
  const options = subcommandOptions(process, "list", args, "HS:d:o:prs:t:");
  const columns = readColumns(process, argumentOf(options, "o") ?? DEFAULT_FIELDS);
  const selection = readSelection(process, "list", options, options.operands);
  const { datasets, status } = selectDatasets(process, selection);
  const space = new SpaceTable(machine);
  const literal = has(options, "p");
  const scripted = has(options, "H");
  const sorted = sortDatasets(process, space, datasets, options);
  const rows = sorted.map((dataset) =>
    columns.map((column) => cellText(machine, space, dataset, column, literal)),
  );
  if (rows.length > 0) process.stdout.write(formatTable(columns, rows, { scripted, literal }));
  else if (!scripted && status === 0) process.stderr.write("no datasets available\n");
  return status;
}

function readColumns(process: Process, fields: string): Column[] {
  const names = (fields === "space" ? SPACE_FIELDS : fields).split(",");
  return names.map((name) => {
    const column = columnOf(process.machine.release, name);
    if (column) return column;
    const reason = `bad property list: invalid property '${name}'`;
    throw usageError(process.machine.release, "list", reason);
  });
}

/** Sorts by -s and -S, the first one given counting most; without them by name. */
function sortDatasets(
  process: Process,
  space: SpaceTable,
  datasets: readonly Dataset[],
  options: Options,
): Dataset[] {
  const orders = options.given.filter(({ letter }) => letter === "s" || letter === "S");
  const sorted = [...datasets];
  for (const { letter, argument } of orders.reverse()) {
    const column = columnOf(process.machine.release, argument);
    if (!column)
      throw usageError(process.machine.release, "list", `invalid property '${argument}'`);
    const key = (one: Dataset) => cellText(process.machine, space, one, column, true);
    const sign = letter === "S" ? -1 : 1;
    sorted.sort((a, b) => sign * compareCells(key(a), key(b)));
  }
  return sorted;
}

function compareCells(a: string, b: string): number {
  if (a === b) return 0;
  const numbers = /^\d+$/.test(a) && /^\d+$/.test(b);
  return (numbers ? Number(a) < Number(b) : a < b) ? -1 : 1;
}
