import type { Process } from "../../contract.js";
import {
  cloneSnapshot,
  createFilesystem,
  createParents,
  createSnapshots,
  createVolume,
} from "../../kernel/zfs/creation.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { parseSize } from "../../kernel/zfs/numbers.js";
import { argumentOf, has, type Options } from "../system/options.js";
import { checkOperands, requireRoot, settingsOf, subcommandOptions } from "./command.js";
import { usageError } from "./usage.js";

/** zfs create */
export function runCreate(process: Process, args: readonly string[]): number {
  const options = subcommandOptions(process, "create", args, "PnpuvsV:b:o:");
  const size = argumentOf(options, "V");
  const isVolume = size !== undefined;
  if (has(options, "s") && !isVolume) {
    throw usageError(
      process.machine.release,
      "create",
      "'-s' can only be used when creating a volume",
    );
  }
  checkOperands(process, "create", options, [isVolume ? "volume" : "filesystem"]);
  const [name = ""] = options.operands;
  const { machine } = process;
  requireRoot(process, `cannot create '${name}'`);
  if (has(options, "v") || has(options, "n")) announce(process, name, options);
  if (has(options, "n")) return 0;
  if (has(options, "p")) {
    createParents(machine, name);
    // With -p a dataset that is there already is what was asked for.
    if (machine.datasets.has(name)) return 0;
  }
  if (isVolume) createBlockDevice(process, name, size, options);
  else createFilesystem(machine, name, settingsOf(options), has(options, "u"));
  return 0;
}

function announce(process: Process, name: string, options: Options): void {
  const verb = has(options, "n") ? "would create" : "create";
  const parsable = has(options, "P");
  const line = parsable ? `create\t${name}\n` : `${verb} ${name}\n`;
  const properties = [...settingsOf(options)].map(([property, value]) =>
    parsable ? `property\t${property}\t${value}\n` : `\t${property}=${value}\n`,
  );
  if (has(options, "v")) process.stdout.write(line + properties.join(""));
}

function createBlockDevice(process: Process, name: string, size: string, options: Options): void {
  const settings = settingsOf(options);
  const blocks = argumentOf(options, "b");
  if (blocks !== undefined) settings.set("volblocksize", blocks);
  createVolume(process.machine, name, {
    size: volumeSize(size),
    sparse: has(options, "s"),
    settings,
  });
}

function volumeSize(text: string): number {
  try {
    return parseSize(text);
  } catch (error) {
    if (!(error instanceof ZfsError)) throw error;
    throw new ZfsError(`bad volume size '${text}': ${error.message}`);
  }
}

/** zfs clone */
export function runClone(process: Process, args: readonly string[]): number {
  const newer = process.machine.release !== "13.2-RELEASE";
  const options = subcommandOptions(process, "clone", args, newer ? "po:u" : "po:");

  checkOperands(process, "clone", options, ["source dataset", "target dataset"]);
  const [from = "", to = ""] = options.operands;
  const { machine } = process;
  requireRoot(process, `cannot create '${to}'`);
  if (has(options, "p")) {
    createParents(machine, to);
    if (machine.datasets.has(to)) return 0;
  }
  cloneSnapshot(machine, from, to, settingsOf(options), has(options, "u"));
  return 0;
}

/** zfs snapshot */
export function runSnapshot(process: Process, args: readonly string[]): number {
  const { machine } = process;
  const options = subcommandOptions(process, "snapshot", args, "ro:");
  const names = options.operands;
  if (names.length === 0)
    throw usageError(machine.release, "snapshot", "missing snapshot argument");
  checkHolders(process, names);
  for (const name of names) requireRoot(process, `cannot create snapshot '${name}'`);
  const recursive = has(options, "r");
  try {
    createSnapshots(machine, names, { recursive, settings: settingsOf(options) });
  } catch (error) {
    if (!(error instanceof ZfsError) || (names.length === 1 && !recursive)) throw error;
    throw new ZfsError(`${error.message}\nno snapshots were created`);
  }
  return 0;
}

/** A file system that does not exist is, to this subcommand, a wrong command line. */
function checkHolders(process: Process, names: readonly string[]): void {
  const { machine } = process;
  for (const name of names) {
    const at = name.indexOf("@");
    if (at < 0) throw usageError(machine.release, "snapshot");
    const of = name.slice(0, at);
    if (machine.datasets.has(of)) continue;
    const reason = `cannot open '${of}': dataset does not exist`;
    throw usageError(machine.release, "snapshot", reason);
  }
}
