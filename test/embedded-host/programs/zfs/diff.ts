import type { Dataset, FileType, Process } from "../../contract.js";
import { openDataset, volumeOf } from "../../kernel/zfs/datasets.js";
import { type Change, compareVolumes } from "../../kernel/zfs/difference.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { findMount } from "../../kernel/zfs/mounting.js";
import { parentOf } from "../../kernel/zfs/names.js";
import { has, type Options } from "../system/options.js";
import { requireRoot, subcommandOptions } from "./command.js";
import { usageError } from "./usage.js";

const CLASSES: Record<FileType, string> = {
  directory: "/",
  file: "F",
  symlink: "@",
  chardev: "C",
  fifo: "|",
  socket: "=",
};

/** zfs diff */
export function runDiff(process: Process, args: readonly string[]): number {
  const { machine } = process;
  const options = subcommandOptions(process, "diff", args, "FHth");
  const [from, to, ...more] = options.operands;
  const usage = (reason: string) => usageError(machine.release, "diff", reason);
  if (from === undefined) throw usage("must provide at least one snapshot name");
  if (more.length > 0) throw usage("too many arguments");
  const before = openDataset(machine, from, ["snapshot"]);
  const dataset = openDataset(machine, parentOf(from) ?? "", ["filesystem"]);
  const after = to === undefined ? dataset : findTarget(process, dataset, to);
  requireRoot(process, "Unable to obtain diffs");
  const root = findMount(machine, dataset)?.on;
  if (root === undefined) throw new ZfsError("Cannot diff an unmounted snapshot");
  for (const change of compareVolumes(volumeOf(before), volumeOf(after))) {
    process.stdout.write(`${describe(change, root, options)}\n`);
  }
  return 0;
}

function findTarget(process: Process, dataset: Dataset, name: string): Dataset {
  const full = name.startsWith("@") ? `${dataset.name}${name}` : name;
  return openDataset(process.machine, full, ["filesystem", "snapshot"]);
}

function describe(change: Change, root: string, options: Options): string {
  const fields: string[] = [];
  if (has(options, "t")) fields.push(`${(change.changed / 1000).toFixed(3)}000000`);
  fields.push(change.kind);
  if (has(options, "F")) fields.push(CLASSES[change.type]);
  const place = (path: string) => escapePath(path === "/" ? `${root}/` : `${root}${path}`);
  const from = place(change.path);
  if (change.to === undefined) return [...fields, from].join("\t");
  const to = place(change.to);
  return has(options, "H")
    ? [...fields, from, to].join("\t")
    : [...fields, `${from} -> ${to}`].join("\t");
}

/** Blanks and what is no ASCII are written in octal, so that a line is always one line. */
function escapePath(path: string): string {
  let text = "";
  for (const byte of Buffer.from(path)) {
    const plain = byte > 0x20 && byte < 0x7f && byte !== 0x5c;
    text += plain ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(4, "0")}`;
  }
  return text;
}
