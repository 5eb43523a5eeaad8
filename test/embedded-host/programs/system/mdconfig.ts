import { FsError, type Process } from "../../contract.js";
import {
  attachDisk,
  detachDisk,
  findDisk,
  freeUnit,
  isDiskMounted,
  type MemoryDisk,
  machineDevices,
} from "../../kernel/devices.js";
import {
  argumentOf,
  argumentsOf,
  describeProblem,
  has,
  type Options,
  readOptions,
} from "./options.js";

const USAGE =
  "usage: mdconfig -a -t type [-n] [-o [no]option] ... [-f file]\n" +
  "                [-s size] [-S sectorsize] [-u unit] [-L label]\n" +
  "                [-x sectors/track] [-y heads/cylinder]\n" +
  "       mdconfig -d -u unit [-o [no]force]\n       mdconfig -r -u unit -s size [-o [no]force]\n" +
  "       mdconfig -l [-v] [-n] [-f file] [-u unit]\n       mdconfig file\n";

const MEGABYTE = 1024 ** 2;
const DEFAULT_SIZE = 5 * MEGABYTE;

/** mdconfig(8) */
export function mdconfig(process: Process): number {
  const options = readOptions(process.argv.slice(1), "ab:df:lno:rs:S:t:u:vx:y:L:");
  const actions = ["a", "d", "l"].filter((letter) => has(options, letter));
  if (options.problem || actions.length !== 1) {
    if (options.problem) process.stderr.write(describeProblem("mdconfig", options.problem));
    process.stderr.write(USAGE);
    return 1;
  }
  if (process.credentials.uid !== 0) return fail(process, "open(/dev/mdctl): Permission denied");
  if (actions[0] === "a") return attach(process, options);
  return actions[0] === "d" ? detach(process, options) : list(process, options);
}

function fail(process: Process, reason: string): number {
  process.stderr.write(`mdconfig: ${reason}\n`);
  return 1;
}

function attach(process: Process, options: Options): number {
  const { machine } = process;
  const type = argumentOf(options, "t") ?? (has(options, "f") ? "vnode" : "swap");
  if (!isType(type)) return fail(process, `unknown type: ${type}`);
  const file = argumentOf(options, "f");
  if (type === "vnode" && file === undefined) return fail(process, "must specify -f for -t vnode");
  const unit = unitOf(argumentOf(options, "u")) ?? freeUnit(machine);
  if (machineDevices(machine).has(`md${unit}`))
    return fail(process, "ioctl(/dev/mdctl): Device busy");
  const size = argumentOf(options, "s");
  let disk: MemoryDisk;
  try {
    disk = {
      ...{ unit, type, size: size === undefined ? DEFAULT_SIZE : sizeOf(size) },
      ...(file === undefined ? {} : fileFacts(process, file, size)),
      readonly: argumentsOf(options, "o").includes("readonly"),
    };
  } catch (error) {
    if (error instanceof FsError) return fail(process, "realpath: No such file or directory");
    throw error;
  }
  const name = attachDisk(machine, disk);
  // A unit that was asked for by number is not told.
  const told = has(options, "n") ? String(unit) : name;
  if (!has(options, "u")) process.stdout.write(`${told}\n`);
  return 0;
}

function isType(type: string): type is MemoryDisk["type"] {
  return ["swap", "malloc", "vnode", "null"].includes(type);
}

function fileFacts(process: Process, file: string, size?: string): { file: string; size: number } {
  const { files } = process.machine;
  const path = files.hostPath(process, file);
  return { file: path, size: size === undefined ? files.stat(process, file).size : sizeOf(size) };
}

/** Sizes count in sectors without a suffix. */
function sizeOf(text: string): number {
  const match = /^(\d+)([bkmgt]?)$/i.exec(text);
  const suffix = (match?.[2] ?? "").toLowerCase();
  const unit = suffix === "" ? 512 : suffix === "b" ? 1 : 1024 ** ("kmgt".indexOf(suffix) + 1);
  return Number(match?.[1] ?? 0) * unit;
}

function unitOf(text: string | undefined): number | undefined {
  const match = /^(?:\/dev\/)?(?:md)?(\d+)$/.exec(text ?? "");
  return match ? Number(match[1]) : undefined;
}

function detach(process: Process, options: Options): number {
  const { machine } = process;
  const unit = unitOf(argumentOf(options, "u"));
  const file = argumentOf(options, "f");
  const disk = unit === undefined ? diskOfFile(process, file) : findDisk(machine, `md${unit}`);
  if (!disk) return fail(process, "ioctl(/dev/mdctl): No such file or directory");
  const forced = argumentsOf(options, "o").includes("force");
  if (isDiskMounted(machine, disk) && !forced)
    return fail(process, "ioctl(/dev/mdctl): Device busy");
  detachDisk(machine, disk);
  return 0;
}

function diskOfFile(process: Process, file: string | undefined): MemoryDisk | undefined {
  if (file === undefined || !process.machine.files.exists(process, file)) return undefined;
  const path = process.machine.files.hostPath(process, file);
  return [...machineDevices(process.machine).values()].find((disk) => disk.file === path);
}

function list(process: Process, options: Options): number {
  const unit = unitOf(argumentOf(options, "u"));
  const file = argumentOf(options, "f");
  const only = file === undefined ? undefined : diskOfFile(process, file);
  const disks = [...machineDevices(process.machine).values()].filter(
    (disk) => (unit === undefined || disk.unit === unit) && (file === undefined || disk === only),
  );
  if (disks.length === 0) return unit === undefined && file === undefined ? 0 : 255;
  const name = (disk: MemoryDisk) => (has(options, "n") ? `${disk.unit}` : `md${disk.unit}`);
  if (has(options, "v")) {
    for (const disk of disks) process.stdout.write(`${name(disk)}\t${details(process, disk)}\n`);
  } else process.stdout.write(`${disks.map((disk) => `${name(disk)} `).join("")}\n`);
  return 0;
}

function details(process: Process, disk: MemoryDisk): string {
  const size = `${Math.round(disk.size / MEGABYTE)}M`.padStart(6);
  const label = process.machine.release === "13.2-RELEASE" ? "" : "-\t";
  return `${disk.type}\t${size}\t${disk.file ?? "-"}\t${label}`;
}
