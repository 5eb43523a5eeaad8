import type { Dataset, Machine } from "../../contract.js";
import { makeDevice, removeDevice } from "../host-devices.js";
import { checkNewName, createParents } from "./creation.js";
import { moveDataset, openDataset, snapshotsOf, subtreeOf } from "./datasets.js";
import { cannot, ZfsError } from "./errors.js";
import { findMount, whileUnmounted } from "./mounting.js";
import { isBelow, nameProblem, parentOf, poolOf } from "./names.js";
import { enforceQuotas } from "./space.js";
import { mountpointOf } from "./values.js";

export interface RenameOptions {
  /** -f: forces unmounting. */
  force: boolean;
  /** -p: makes parents. */
  parents: boolean;
  /** -u: leaves mounted what is mounted. */
  keepMounted: boolean;
  /** -r: snapshots of everything below, too. */
  recursive: boolean;
}

/** `zfs rename`: a dataset with everything below it, remounted under its new name; or a snapshot. */
export function renameDataset(
  machine: Machine,
  from: string,
  to: string,
  options: RenameOptions,
): void {
  const dataset = openDataset(machine, from);
  if (from === to) return;
  if (dataset.type === "snapshot") {
    renameSnapshot(machine, dataset, to, options.recursive);
    return;
  }
  if (options.recursive) {
    throw new ZfsError(`cannot rename to '${to}': recursive rename must be a snapshot`);
  }
  if (options.parents && machine.pools.has(poolOf(to))) createParents(machine, to);
  checkTarget(machine, dataset, to);
  const move = () => moveSubtree(machine, dataset, to);
  const still = options.keepMounted || !mountpointOf(machine, dataset).value.startsWith("/");
  if (still || dataset.type === "volume") move();
  else whileUnmounted(machine, dataset, move, { force: options.force });
  enforceQuotas(machine);
}

function checkTarget(machine: Machine, dataset: Dataset, to: string): void {
  const refusal = `cannot rename to '${to}': `;
  const problem = nameProblem(to, dataset.type);
  if (problem !== undefined) throw new ZfsError(`${refusal}${problem}`);
  checkNewName(machine, to, dataset.type);
  if (poolOf(to) !== poolOf(dataset.name)) {
    throw new ZfsError(`${refusal}datasets must be within same pool`);
  }
  if (isBelow(dataset.name, to)) {
    const reason = "New dataset name cannot be a descendant of current dataset name";
    throw new ZfsError(`${refusal}${reason}`);
  }
}

function moveSubtree(machine: Machine, dataset: Dataset, to: string): void {
  const from = dataset.name;
  if (machine.datasets.has(to)) throw cannot("rename", from, "dataset already exists");
  for (const one of subtreeOf(machine, dataset)) {
    const mount = findMount(machine, one);
    const all = [...snapshotsOf(machine, one), one];
    if (one.type === "volume") removeDevice(machine, `zvol/${one.name}`);
    for (const each of all) moveDataset(machine, each, `${to}${each.name.slice(from.length)}`);
    if (one.type === "volume") makeDevice(machine, `zvol/${one.name}`);
    if (mount) mount.from = one.name;
  }
}

function renameSnapshot(machine: Machine, snapshot: Dataset, to: string, recursive: boolean): void {
  const [of = "", short = ""] = snapshot.name.split(/@(.*)/s);
  const [target, name = target] = to.includes("@") ? to.split(/@(.*)/s) : ["", to];
  if (target !== "" && target !== of) {
    throw new ZfsError(`cannot rename to '${to}': snapshots must be part of same dataset`);
  }
  const dataset = openDataset(machine, of);
  const holders = recursive ? subtreeOf(machine, dataset) : [dataset];
  const found = holders
    .map((one) => machine.datasets.get(`${one.name}@${short}`))
    .filter((one) => one !== undefined);
  for (const one of found) {
    if (machine.datasets.has(`${parentOf(one.name)}@${name}`)) {
      const reason = recursive
        ? "a child dataset already has a snapshot with the new name"
        : "dataset already exists";
      throw cannot("rename", one.name, reason);
    }
  }
  for (const one of found) moveDataset(machine, one, `${parentOf(one.name)}@${name}`);
}
