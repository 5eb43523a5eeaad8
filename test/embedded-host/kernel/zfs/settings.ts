import type { Dataset, Machine } from "../../contract.js";
import { detailsOf, subtreeOf } from "./datasets.js";
import { cannot, ZfsError } from "./errors.js";
import {
  findMount,
  mountDataset,
  mountsByItself,
  refreshMountOptions,
  unmountDataset,
  whileUnmounted,
} from "./mounting.js";
import { parseSize } from "./numbers.js";
import { findProperty, isUserProperty, type PropertyDefinition } from "./properties.js";
import { enforceQuotas, SpaceTable } from "./space.js";
import { mountpointOf } from "./values.js";

export type Settings = ReadonlyMap<string, string>;

/** Checks properties for a type of dataset and writes them as the kernel keeps them. */
export function checkSettings(
  machine: Machine,
  type: Dataset["type"],
  settings: Settings,
  creating: boolean,
): Map<string, string> {
  const checked = new Map<string, string>();
  for (const [name, value] of settings) {
    const definition = findProperty(machine.release, name);
    if (definition) checked.set(definition.name, checkNative(definition, type, value, creating));
    else if (isUserProperty(name)) checked.set(name, value);
    else throw new ZfsError(`invalid property '${name}'`);
  }
  return checked;
}

function checkNative(
  definition: PropertyDefinition,
  type: Dataset["type"],
  value: string,
  creating: boolean,
): string {
  const { name, access, kind } = definition;
  if (type === "snapshot") throw new ZfsError("this property can not be modified for snapshots");
  if (!definition.types.includes(type)) {
    throw new ZfsError(`'${name}' does not apply to datasets of this type`);
  }
  if (access === "readonly" || (access === "once" && !creating)) {
    throw new ZfsError(`'${name}' is readonly`);
  }
  if (kind === "size") return checkSize(name, value);
  if (kind === "index" && !definition.values?.includes(value)) {
    throw new ZfsError(`'${name}' must be one of '${definition.help ?? ""}'`);
  }
  if (name === "mountpoint") return checkMountpoint(value);
  return value;
}

function checkSize(name: string, value: string): string {
  if (value === "none") return "0";
  const size = parseSize(value);
  if (size === 0 && (name === "quota" || name === "refquota")) {
    throw new ZfsError("use 'none' to disable quota/refquota");
  }
  const power = Number.isInteger(Math.log2(size)) && size >= 512 && size <= 1048576;
  if (name === "recordsize" && !power) {
    throw new ZfsError(`'${name}' must be power of 2 from 512B to 1M`);
  }
  return String(size);
}

function checkMountpoint(value: string): string {
  if (value === "none" || value === "legacy") return value;
  if (!value.startsWith("/")) {
    throw new ZfsError("'mountpoint' must be an absolute path, 'none', or 'legacy'");
  }
  return value === "/" ? value : value.replace(/\/+$/, "");
}

/** `zfs set`: checks everything first, then sets, remounting where a property asks for it. */
export function setProperties(machine: Machine, dataset: Dataset, settings: Settings): void {
  const action = "set property for";
  let checked: Map<string, string>;
  try {
    checked = checkSettings(machine, dataset.type, settings, false);
    checkRoom(machine, dataset, checked);
  } catch (error) {
    if (error instanceof ZfsError) throw cannot(action, dataset.name, error.message);
    throw error;
  }
  for (const [name, value] of checked) setProperty(machine, dataset, name, value);
  enforceQuotas(machine);
}

function checkRoom(machine: Machine, dataset: Dataset, checked: Settings): void {
  const space = new SpaceTable(machine).of(dataset);
  const limits = { quota: space.used, refquota: space.referenced };
  for (const [name, taken] of Object.entries(limits)) {
    const limit = Number(checked.get(name) ?? 0);
    if (limit > 0 && limit < taken) {
      throw new ZfsError("size is less than current used or reserved space");
    }
  }
}

function setProperty(machine: Machine, dataset: Dataset, name: string, value: string): void {
  const set = () => {
    dataset.properties.set(name, value);
    detailsOf(dataset).received.delete(name);
  };
  if (name === "canmount" && value === "off") unmountDataset(machine, dataset);
  if (name === "mountpoint") changeMountpoint(machine, dataset, set);
  else set();
  refreshMountOptions(machine, dataset);
}

/** Moves a file system, and those below that inherit from it, to where they are mounted now. */
function changeMountpoint(machine: Machine, dataset: Dataset, change: () => void): void {
  const inherits = (one: Dataset) => one === dataset || !one.properties.has("mountpoint");
  const hidden = !mountpointOf(machine, dataset).value.startsWith("/");
  whileUnmounted(machine, dataset, change, { concerns: inherits });
  if (!hidden) return;
  // What had no place to be mounted at is mounted as soon as it gets one.
  for (const one of subtreeOf(machine, dataset).filter(inherits)) {
    if (!findMount(machine, one) && mountsByItself(machine, one)) mountDataset(machine, one);
  }
}

/** `zfs inherit`: drops a local value. */
export function inheritProperty(machine: Machine, dataset: Dataset, name: string): void {
  const drop = () => {
    dataset.properties.delete(name);
    detailsOf(dataset).received.delete(name);
  };
  if (name === "mountpoint") changeMountpoint(machine, dataset, drop);
  else drop();
  refreshMountOptions(machine, dataset);
  enforceQuotas(machine);
}
