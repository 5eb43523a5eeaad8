import type { Dataset, Machine } from "../../contract.js";
import { removeDevice } from "../host-devices.js";
import { childrenOf, clonesOf, openDataset, snapshotsOf } from "./datasets.js";
import { cannot, ZfsError } from "./errors.js";
import { removeMountpoint, unmountDataset } from "./mounting.js";
import { isBelow, parentOf } from "./names.js";
import { enforceQuotas, SpaceTable } from "./space.js";
import { mountpointOf } from "./values.js";

export interface DestroyOptions {
  /** -r: everything below, too. */
  recursive: boolean;
  /** -R: also clones that lie elsewhere. */
  clones: boolean;
  /** -f */
  force: boolean;
  /** -n: nothing happens. */
  dryRun: boolean;
}

/** What `zfs destroy` does, in its order, and what it could not do. */
export interface Destruction {
  targets: Dataset[];
  /** Bytes that snapshots give back; only when snapshots were named. */
  reclaimed?: number;
}

/** Everything that depends on a dataset, each after what depends on it: children, snapshots, clones. */
export function dependentsOf(
  machine: Machine,
  dataset: Dataset,
  seen = new Set<Dataset>(),
): Dataset[] {
  if (seen.has(dataset)) return [];
  seen.add(dataset);
  const next =
    dataset.type === "snapshot"
      ? clonesOf(machine, dataset)
      : [...childrenOf(machine, dataset), ...snapshotsOf(machine, dataset)];
  return next.flatMap((one) => {
    const below = dependentsOf(machine, one, seen);
    return [...below, one];
  });
}

function unique(datasets: readonly Dataset[]): Dataset[] {
  return [...new Set(datasets)];
}

function refuse(
  target: Dataset,
  kind: "children" | "dependent clones",
  names: Dataset[],
): ZfsError {
  const flag = kind === "children" ? "-r" : "-R";
  return new ZfsError(
    [
      `cannot destroy '${target.name}': ${target.type} has ${kind}`,
      `use '${flag}' to destroy the following datasets:`,
      ...names.map((one) => one.name),
    ].join("\n"),
  );
}

/** The datasets that destroying a file system or volume takes along, itself last. Throws refusals. */
function planDataset(machine: Machine, target: Dataset, options: DestroyOptions): Dataset[] {
  if (!options.recursive && parentOf(target.name) === undefined) {
    throw new ZfsError(
      `cannot destroy '${target.name}': operation does not apply to pools\n` +
        `use 'zfs destroy -r ${target.name}' to destroy all datasets in the pool\n` +
        `use 'zpool destroy ${target.name}' to destroy the pool itself`,
    );
  }
  const dependents = unique(dependentsOf(machine, target));
  const below = dependents.filter((one) => isBelow(target.name, one.name));
  const elsewhere = dependents.filter((one) => !isBelow(target.name, one.name));
  if (!options.recursive && below.length > 0) throw refuse(target, "children", below);
  if (!options.clones && elsewhere.length > 0) throw refuse(target, "dependent clones", elsewhere);
  return [...dependents, target];
}

/** `zfs destroy` of a file system or volume. Goes on past what is busy; throws at the end then. */
export function destroyDataset(
  machine: Machine,
  name: string,
  options: DestroyOptions,
): Destruction {
  const target = openDataset(machine, name, ["filesystem", "volume"]);
  const targets = planDataset(machine, target, options);
  if (options.dryRun) return { targets };
  const failures: string[] = [];
  for (const one of targets) {
    if (parentOf(one.name) === undefined) continue;
    try {
      removeDataset(machine, one, options.force);
    } catch (error) {
      if (!(error instanceof ZfsError)) throw error;
      failures.push(error.message);
    }
  }
  enforceQuotas(machine);
  if (failures.length > 0) throw new ZfsError(failures.join("\n"));
  return { targets };
}

/** Takes one dataset that nothing depends on out of the machine. */
export function removeDataset(machine: Machine, dataset: Dataset, force = false): void {
  if (dataset.type === "filesystem") {
    const at = mountpointOf(machine, dataset);
    unmountDataset(machine, dataset, force);
    checkAlone(machine, dataset);
    removeMountpoint(machine, at);
  }
  if (dataset.type === "volume") removeDevice(machine, `zvol/${dataset.name}`);
  machine.datasets.delete(dataset.name);
}

/** What depends on it was busy and is still there. */
function checkAlone(machine: Machine, dataset: Dataset): void {
  if (dependentsOf(machine, dataset).length === 0) return;
  throw cannot("destroy", dataset.name, "dataset already exists");
}

/** `zfs destroy fs@a,b%c`: snapshots by name and range, with -r of everything below, too. */
export function destroySnapshots(
  machine: Machine,
  spec: string,
  options: DestroyOptions,
): Destruction {
  const [of = "", names = ""] = spec.split(/@(.*)/s);
  const top = openDataset(machine, of, ["filesystem", "volume"]);
  const found = findSnapshots(machine, top, names, options.recursive);
  const blocked = found.filter((one) => clonesOf(machine, one).length > 0);
  if (blocked.length > 0 && !options.clones) {
    throw new ZfsError(
      blocked
        .map((one) => refuse(one, "dependent clones", unique(dependentsOf(machine, one))).message)
        .join("\n"),
    );
  }
  if (found.length === 0) {
    throw new ZfsError("could not find any snapshots to destroy; check snapshot names.");
  }
  const space = new SpaceTable(machine);
  const reclaimed = found.reduce((sum, one) => sum + space.of(one).used, 0);
  if (options.dryRun) return { targets: found, reclaimed };
  for (const one of unique(found.flatMap((each) => [...dependentsOf(machine, each), each]))) {
    removeDataset(machine, one, options.force);
  }
  enforceQuotas(machine);
  return { targets: found, reclaimed };
}

function findSnapshots(
  machine: Machine,
  of: Dataset,
  names: string,
  recursive: boolean,
): Dataset[] {
  const all = snapshotsOf(machine, of);
  const position = (name: string) => all.findIndex((one) => one.name === `${of.name}@${name}`);
  const found = names.split(",").flatMap((item) => {
    const [first = "", last] = item.split("%");
    const from = first === "" && last !== undefined ? 0 : position(first);
    const to = last === undefined ? from : last === "" ? all.length - 1 : position(last);
    return from < 0 || to < 0 ? [] : all.slice(from, to + 1);
  });
  if (!recursive) return found;
  const below = childrenOf(machine, of).flatMap((one) => findSnapshots(machine, one, names, true));
  return [...found, ...below];
}
