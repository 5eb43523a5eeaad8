import type { Dataset, Machine } from "../../contract.js";
import { makeDevice } from "../host-devices.js";
import { addDataset, openDataset, subtreeOf, volumeOf } from "./datasets.js";
import { cannot, ZfsError } from "./errors.js";
import { mountDataset, mountsByItself } from "./mounting.js";
import { nameProblem, parentOf, poolOf } from "./names.js";
import { findProperty } from "./properties.js";
import { checkSettings, type Settings } from "./settings.js";
import { enforceQuotas } from "./space.js";

/** Throws unless a dataset of that name could be made: its name, its pool, its parent. */
export function checkNewName(machine: Machine, name: string, type: Dataset["type"]): void {
  const problem = nameProblem(name, type);
  if (problem !== undefined) throw cannot("create", name, problem);
  const parent = parentOf(name);
  if (parent === undefined) throw cannot("create", name, "missing dataset name");
  if (!machine.pools.has(poolOf(name))) {
    throw cannot("create", name, `no such pool '${poolOf(name)}'`);
  }
  const above = machine.datasets.get(parent);
  if (!above) throw cannot("create", name, "parent does not exist");
  if (above.type !== "filesystem") throw cannot("create", name, "parent is not a filesystem");
}

function checked(machine: Machine, name: string, type: Dataset["type"], settings: Settings) {
  try {
    return checkSettings(machine, type, settings, true);
  } catch (error) {
    if (error instanceof ZfsError) throw cannot("create", name, error.message);
    throw error;
  }
}

function checkAbsent(machine: Machine, name: string): void {
  if (machine.datasets.has(name)) throw cannot("create", name, "dataset already exists");
}

/** Mounts a new file system where its properties say so. */
export function mountNew(machine: Machine, dataset: Dataset): void {
  if (mountsByItself(machine, dataset)) mountDataset(machine, dataset);
}

/**
 * The last step of creating and cloning: the dataset stays when it cannot be mounted. OpenZFS 2.4
 * says so and ends with 0, 2.1 ended with 1.
 */
function mountCreated(machine: Machine, dataset: Dataset, unmounted = false): void {
  if (unmounted) return;
  try {
    mountNew(machine, dataset);
  } catch (error) {
    if (!(error instanceof ZfsError)) throw error;
    const note = "filesystem successfully created, but not mounted";
    throw new ZfsError(`${error.message}\n${note}`, machine.release === "13.2-RELEASE" ? 1 : 0);
  }
}

/** `zfs create`: an empty file system, mounted unless -u says otherwise. */
export function createFilesystem(
  machine: Machine,
  name: string,
  settings: Settings,
  unmounted = false,
): Dataset {
  checkNewName(machine, name, "filesystem");
  checkAbsent(machine, name);
  const properties = checked(machine, name, "filesystem", settings);
  const volume = machine.files.createVolume({ mode: 0o755 });
  const dataset = addDataset(machine, { name, type: "filesystem", properties, volume });
  enforceQuotas(machine);
  mountCreated(machine, dataset, unmounted);
  return dataset;
}

/** `zfs create -p`: every file system on the way; what is there is left as it is. */
export function createParents(machine: Machine, name: string): void {
  const parent = parentOf(name);
  if (parent === undefined || machine.datasets.has(parent)) return;
  createParents(machine, parent);
  createFilesystem(machine, parent, new Map());
}

/** `zfs create -V`: a block device. A sparse one reserves no space. */
export function createVolume(
  machine: Machine,
  name: string,
  options: { size: number; sparse: boolean; settings: Settings },
): Dataset {
  checkNewName(machine, name, "volume");
  checkAbsent(machine, name);
  const properties = checked(machine, name, "volume", options.settings);
  const unit = Number(
    properties.get("volblocksize") ?? findProperty(machine.release, "volblocksize")?.fallback,
  );
  if (options.size === 0) throw cannot("create", name, "volume size cannot be zero");
  if (options.size % unit !== 0) {
    throw cannot("create", name, "volume size must be a multiple of volume block size");
  }
  properties.set("volsize", String(options.size));
  if (!options.sparse) properties.set("refreservation", String(options.size));
  const dataset = addDataset(machine, { name, type: "volume", properties });
  makeDevice(machine, `zvol/${name}`);
  return dataset;
}

/** `zfs clone`: a file system that shares all content with a snapshot. */
export function cloneSnapshot(
  machine: Machine,
  from: string,
  name: string,
  settings: Settings,
  unmounted = false,
): Dataset {
  const snapshot = openDataset(machine, from, ["snapshot"]);
  const type = snapshot.volume ? "filesystem" : "volume";
  checkNewName(machine, name, type);
  const properties = checked(machine, name, type, settings);
  if (poolOf(name) !== poolOf(from)) {
    throw cannot("create", name, "source and target pools differ");
  }
  checkAbsent(machine, name);
  const volume = snapshot.volume && machine.files.copyVolume(volumeOf(snapshot));
  const dataset = addDataset(machine, { name, type, properties, volume, origin: from });
  if (type === "volume") makeDevice(machine, `zvol/${name}`);
  enforceQuotas(machine);
  mountCreated(machine, dataset, unmounted);
  return dataset;
}

/** `zfs snapshot`: all of them, or none when one cannot be made. */
export function createSnapshots(
  machine: Machine,
  names: readonly string[],
  options: { recursive: boolean; settings: Settings },
): void {
  const wanted = names.flatMap((name) => snapshotNames(machine, name, options.recursive));
  for (const name of wanted) {
    const problem = nameProblem(name, "snapshot");
    if (problem !== undefined) throw cannot("create snapshot", name, problem);
  }
  const taken = wanted.filter((name) => machine.datasets.has(name));
  if (taken.length > 0) {
    const reasons = taken.map((name) => cannot("create snapshot", name, "dataset already exists"));
    throw new ZfsError(reasons.map((reason) => reason.message).join("\n"));
  }
  for (const name of wanted) takeSnapshot(machine, name, options.settings);
}

function snapshotNames(machine: Machine, name: string, recursive: boolean): string[] {
  const [of = "", short = ""] = name.split(/@(.*)/s);
  const dataset = openDataset(machine, of, ["filesystem", "volume"]);
  const all = recursive ? subtreeOf(machine, dataset) : [dataset];
  return all.map((one) => `${one.name}@${short}`);
}

function takeSnapshot(machine: Machine, name: string, settings: Settings): void {
  const of = openDataset(machine, parentOf(name) ?? "");
  const properties = new Map(settings);
  const size = of.properties.get("volsize");
  if (size !== undefined) properties.set("volsize", size);
  const volume = of.volume && machine.files.copyVolume(volumeOf(of));
  addDataset(machine, { name, type: "snapshot", properties, volume });
}
