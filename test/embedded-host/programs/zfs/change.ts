import type { Process } from "../../contract.js";
import { openDataset, subtreeOf } from "../../kernel/zfs/datasets.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { promote, rollback } from "../../kernel/zfs/history.js";
import { findProperty, isUserProperty } from "../../kernel/zfs/properties.js";
import { renameDataset } from "../../kernel/zfs/renaming.js";
import { inheritProperty, setProperties } from "../../kernel/zfs/settings.js";
import { has } from "../system/options.js";
import { checkOperands, readSetting, requireRoot, subcommandOptions } from "./command.js";
import { usageError } from "./usage.js";

/** zfs set */
export function runSet(process: Process, args: readonly string[]): number {
  const { machine } = process;
  const options = subcommandOptions(
    process,
    "set",
    args,
    machine.release === "13.2-RELEASE" ? "" : "u",
  );
  const { operands } = options;
  const first = operands.findIndex((operand) => !operand.includes("="));
  const usage = (reason: string) => usageError(machine.release, "set", reason);
  if (operands.length === 0) throw usage("missing arguments");
  if (first === 0 && operands.length === 1) throw usage("missing property=value argument(s)");
  if (first < 0) throw usage("missing dataset name(s)");
  const names = operands.slice(first);
  if (names.some((name) => name.includes("="))) throw usage("invalid argument order");
  const settings = new Map<string, string>();
  for (const setting of operands.slice(0, first)) readSetting(settings, setting, 255);
  return forEach(process, names, (name) => {
    const dataset = openDataset(machine, name);
    requireRoot(process, `cannot set property for '${name}'`);
    setProperties(machine, dataset, settings);
  });
}

/** Goes on with the next dataset after a failure. OpenZFS 2.4 ends with 255 where 2.1 ended with 1. */
function forEach(
  process: Process,
  names: readonly string[],
  action: (name: string) => void,
): number {
  let status = 0;
  for (const name of names) {
    try {
      action(name);
    } catch (error) {
      if (!(error instanceof ZfsError)) throw error;
      process.stderr.write(`${error.message}\n`);
      const setting = error.message.startsWith("cannot set property");
      status = setting && process.machine.release !== "13.2-RELEASE" ? 255 : error.status;
    }
  }
  return status;
}

/** zfs inherit */
export function runInherit(process: Process, args: readonly string[]): number {
  const { machine } = process;
  const options = subcommandOptions(process, "inherit", args, "rS");
  const [name, ...datasets] = options.operands;
  const usage = (reason: string) => usageError(machine.release, "inherit", reason);
  if (name === undefined) throw usage("missing property argument");
  if (datasets.length === 0) throw usage("missing dataset argument");
  const property = findProperty(machine.release, name);
  if (!property && !isUserProperty(name)) throw usage(`invalid property '${name}'`);
  if (property?.access === "readonly") throw new ZfsError(`${name} property is read-only`);
  if (property && property.access !== "inherit" && !has(options, "S")) {
    const clear = `\nuse 'zfs set ${name}=none' to clear\nuse 'zfs inherit -S ${name}' to revert to received value`;
    const limit = /^(ref)?(quota|reservation)$/.test(property.name);
    throw new ZfsError(`'${name}' property cannot be inherited${limit ? clear : ""}`);
  }
  return forEach(process, datasets, (of) => {
    const dataset = openDataset(machine, of);
    requireRoot(process, `cannot inherit ${name} for '${of}'`);
    const all = has(options, "r") ? subtreeOf(machine, dataset) : [dataset];
    for (const one of all) inheritProperty(machine, one, property?.name ?? name);
  });
}

/** zfs rename */
export function runRename(process: Process, args: readonly string[]): number {
  const options = subcommandOptions(process, "rename", args, "fpru");
  checkOperands(process, "rename", options, ["source dataset", "target dataset"]);
  const [from = "", to = ""] = options.operands;
  openDataset(process.machine, from);
  requireRoot(process, `cannot rename '${from}'`);
  renameDataset(process.machine, from, to, {
    force: has(options, "f"),
    parents: has(options, "p"),
    keepMounted: has(options, "u"),
    recursive: has(options, "r"),
  });
  return 0;
}

/** zfs rollback */
export function runRollback(process: Process, args: readonly string[]): number {
  const options = subcommandOptions(process, "rollback", args, "rRf");
  checkOperands(process, "rollback", options, ["dataset"]);
  const [name = ""] = options.operands;
  openDataset(process.machine, name, ["snapshot"]);
  requireRoot(process, `cannot rollback '${name.split("@")[0]}'`);
  rollback(process.machine, name, {
    recursive: has(options, "r") || has(options, "R"),
    clones: has(options, "R"),
    force: has(options, "f"),
  });
  return 0;
}

/** zfs promote */
export function runPromote(process: Process, args: readonly string[]): number {
  const options = subcommandOptions(process, "promote", args, "");
  checkOperands(process, "promote", options, ["clone filesystem"]);
  const [name = ""] = options.operands;
  openDataset(process.machine, name, ["filesystem", "volume"]);
  requireRoot(process, `cannot promote '${name}'`);
  promote(process.machine, name);
  return 0;
}
