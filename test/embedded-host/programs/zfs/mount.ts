import type { Dataset, Machine, Process } from "../../contract.js";
import { detailsOf, openDataset } from "../../kernel/zfs/datasets.js";
import { cannot, ZfsError } from "../../kernel/zfs/errors.js";
import { findMount, mountAll, mountDataset, unmountDataset } from "../../kernel/zfs/mounting.js";
import { effectiveValue, mountpointOf } from "../../kernel/zfs/values.js";
import { has } from "../system/options.js";
import { checkOperands, requireRoot, subcommandOptions } from "./command.js";

/** zfs mount: lists, mounts one or mounts all. */
export function runMount(process: Process, args: readonly string[]): number {
  const { machine } = process;
  const options = subcommandOptions(process, "mount", args, "aflvOo:");
  if (args.length === 0) return listMounts(process);
  if (has(options, "a")) {
    requireRoot(process, "cannot mount");
    mountAll(machine);
    return 0;
  }
  checkOperands(process, "mount", options, ["filesystem"]);
  const [name = ""] = options.operands;
  const dataset = openDataset(machine, name, ["filesystem"]);
  requireRoot(process, `cannot mount '${name}'`);
  checkMountable(machine, dataset);
  mountDataset(machine, dataset);
  return 0;
}

function listMounts(process: Process): number {
  for (const { from, on, type } of process.machine.files.mounts) {
    if (type === "zfs") process.stdout.write(`${from.padEnd(30)}  ${on}\n`);
  }
  return 0;
}

function checkMountable(machine: Machine, dataset: Dataset): void {
  const { name } = dataset;
  const point = mountpointOf(machine, dataset).value;
  if (point === "legacy") {
    const advice = "use mount(8) to mount this filesystem";
    throw new ZfsError(`cannot mount '${name}': legacy mountpoint\n${advice}`);
  }
  if (point === "none") throw cannot("mount", name, "no mountpoint set");
  if (effectiveValue(machine, dataset, "canmount") === "off") {
    throw cannot("mount", name, "'canmount' property is set to 'off'");
  }
  if (detailsOf(dataset).incomplete) {
    const state = 'Contains partially-completed state from "zfs receive -s"';
    throw cannot("mount", name, `${state}, which can be resumed with "zfs send -t"`);
  }
  if (findMount(machine, dataset)) throw cannot("mount", name, "filesystem already mounted");
}

/** zfs unmount: by name, by mount point or all. */
export function runUnmount(process: Process, args: readonly string[]): number {
  const { machine } = process;
  const options = subcommandOptions(process, "unmount", args, "afu");
  const force = has(options, "f");
  if (has(options, "a")) return unmountAll(process, force);
  checkOperands(process, "unmount", options, ["filesystem"]);
  const [name = ""] = options.operands;
  const dataset = name.startsWith("/") ? mountedAt(machine, name) : findUnmountable(machine, name);
  requireRoot(process, `cannot unmount '${name}'`);
  unmountDataset(machine, dataset, force);
  return 0;
}

function mountedAt(machine: Machine, path: string): Dataset {
  const mount = machine.files.mounts.findLast((one) => one.on === path);
  if (!mount) throw cannot("unmount", path, "not currently mounted");
  if (mount.type !== "zfs") throw cannot("unmount", path, "not a ZFS filesystem");
  return openDataset(machine, mount.from, ["filesystem"]);
}

function findUnmountable(machine: Machine, name: string): Dataset {
  const dataset = openDataset(machine, name, ["filesystem"]);
  if (mountpointOf(machine, dataset).value === "legacy") {
    const advice = "use umount(8) to unmount this filesystem";
    throw new ZfsError(`cannot unmount '${name}': legacy mountpoint\n${advice}`);
  }
  if (!findMount(machine, dataset)) throw cannot("unmount", name, "not currently mounted");
  return dataset;
}

function unmountAll(process: Process, force: boolean): number {
  const { machine } = process;
  requireRoot(process, "cannot unmount");
  let status = 0;
  for (const { from, type } of [...machine.files.mounts].reverse()) {
    const dataset = type === "zfs" ? machine.datasets.get(from) : undefined;
    if (!dataset) continue;
    try {
      unmountDataset(machine, dataset, force);
    } catch (error) {
      if (!(error instanceof ZfsError)) throw error;
      process.stderr.write(`${error.message}\n`);
      status = 1;
    }
  }
  return status;
}
