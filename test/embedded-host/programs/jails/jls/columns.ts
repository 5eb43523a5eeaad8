/** What jls(8) fetches of a jail: parameters with their values. */
import type { Jail, Process } from "../../../contract.js";
import { findParameter, type JailValue } from "../../../kernel/jail/import.js";
import { readParameter } from "../../../kernel/jail/jails.js";
import { type JailParameter, jailParameters } from "../../../kernel/jail/parameters.js";

/** A parameter to print, under the name it was asked for. */
export interface Column {
  readonly name: string;
  readonly parameter: JailParameter;
  readonly key?: string;
}

/** The columns for names of the command line; "all" stands for every parameter. Throws `JailError`. */
export function columnsFor(process: Process, names: readonly string[]): Column[] {
  const columns: Column[] = [];
  for (const name of names) {
    const more =
      name === "all"
        ? jailParameters(process.machine).map((parameter) => ({ name: parameter.name, parameter }))
        : [{ name, ...findParameter(process.machine, name) }];
    for (const column of more) {
      if (!columns.some((one) => one.name === column.name)) columns.push(column);
    }
  }
  return columns;
}

/** The value of a column for a jail. */
export function columnValue(process: Process, jail: Jail, column: Column): JailValue {
  const value = readParameter(process.machine, jail, column.parameter, column.key);
  // Asked for by its "no" form, a boolean is what that form says.
  if (typeof value === "boolean" && column.name !== column.parameter.name) return !value;
  return value;
}

/** True when -s leaves the column out: it cannot be set, or its parent is not "new". */
export function isSkipped(process: Process, jail: Jail, column: Column): boolean {
  if (column.parameter.access === "read") return true;
  const dot = column.name.indexOf(".");
  const parent = jailParameters(process.machine).find(
    (one) => dot > 0 && one.name === column.name.slice(0, dot),
  );
  return parent?.kind === "system" && readParameter(process.machine, jail, parent) !== "new";
}
