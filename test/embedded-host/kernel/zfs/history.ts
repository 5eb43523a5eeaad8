import type { Dataset, Machine } from "../../contract.js";
import { detailsOf, moveDataset, openDataset, snapshotsOf, volumeOf } from "./datasets.js";
import { dependentsOf, removeDataset } from "./destruction.js";
import { cannot, ZfsError } from "./errors.js";
import { parentOf } from "./names.js";
import { enforceQuotas } from "./space.js";

export interface RollbackOptions {
  /** -r: destroys later snapshots. */
  recursive: boolean;
  /** -R: also their clones. */
  clones: boolean;
  /** -f: forces unmounting of those clones. */
  force: boolean;
}

/** `zfs rollback`: the file system is again what it was at the snapshot. */
export function rollback(machine: Machine, name: string, options: RollbackOptions): void {
  const snapshot = openDataset(machine, name, ["snapshot"]);
  const dataset = openDataset(machine, parentOf(name) ?? "");
  const later = snapshotsOf(machine, dataset).filter(
    (one) => detailsOf(one).txg > detailsOf(snapshot).txg,
  );
  checkLater(machine, name, later, options);
  for (const one of later) {
    for (const each of [...dependentsOf(machine, one), one]) {
      removeDataset(machine, each, options.force);
    }
  }
  if (dataset.volume) machine.files.replaceVolume(volumeOf(dataset), volumeOf(snapshot));
  enforceQuotas(machine);
}

function checkLater(
  machine: Machine,
  name: string,
  later: readonly Dataset[],
  options: RollbackOptions,
): void {
  if (later.length > 0 && !options.recursive) {
    throw new ZfsError(
      [
        `cannot rollback to '${name}': more recent snapshots or bookmarks exist`,
        "use '-r' to force deletion of the following snapshots and bookmarks:",
        ...later.map((one) => one.name),
      ].join("\n"),
    );
  }
  const clones = later.flatMap((one) => dependentsOf(machine, one));
  if (clones.length > 0 && !options.clones) {
    throw new ZfsError(
      [
        `cannot rollback to '${name}': clones of previous snapshots exist`,
        "use '-R' to force deletion of the following clones and dependents:",
        ...clones.map((one) => one.name),
      ].join("\n"),
    );
  }
}

/** `zfs promote`: the clone takes over the snapshots that it came from; its origin becomes its clone. */
export function promote(machine: Machine, name: string): void {
  const clone = openDataset(machine, name, ["filesystem", "volume"]);
  if (clone.origin === undefined) throw cannot("promote", name, "not a cloned filesystem");
  const snapshot = openDataset(machine, clone.origin);
  const owner = openDataset(machine, parentOf(clone.origin) ?? "");
  const moving = snapshotsOf(machine, owner).filter(
    (one) => detailsOf(one).txg <= detailsOf(snapshot).txg,
  );
  const renamed = (one: Dataset) => `${name}@${one.name.split("@")[1]}`;
  const conflict = moving.find((one) => machine.datasets.has(renamed(one)));
  if (conflict) {
    const short = conflict.name.split("@")[1];
    const reason = `conflicting snapshot '${short}' from parent '${clone.origin}'`;
    throw cannot("promote", name, reason);
  }
  const before = owner.origin;
  for (const one of moving) moveDataset(machine, one, renamed(one));
  owner.origin = snapshot.name;
  clone.origin = before;
  enforceQuotas(machine);
}
