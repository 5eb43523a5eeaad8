/** What is in the way of a deletion, told before anything is done; and what `forceDelete` takes out of the way. */
import type { Command } from "../freebsd/command.js";
import { listLinks } from "../freebsd/files.js";
import { mustBeStopped, removeJail } from "../freebsd/jail.js";
import { listJails } from "../freebsd/jls.js";
import { marksDirectory } from "../freebsd/layout.js";
import {
  destroyDataset,
  listSnapshots,
  parseDestruction,
  parseSnapshots,
  previewDestroy,
} from "../freebsd/zfs.js";
import { prepareArchive } from "./jail-archive.js";
import { foreignSnapshots } from "./jail-move-remains.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { refuseForeignMounts, refuseSnapshots, refuseTenants } from "./jail-refusals.js";
import { Refused, type Results } from "./resource.js";

export interface DeletionObserved {
  /** Snapshots of the jail's dataset that something was cloned from, and the clones. */
  readonly clones: ReadonlyMap<string, readonly string[]>;
  /** What a dry run of zfs destroy says is below the dataset, or would go beside it. */
  readonly besides: readonly string[];
}

export const noDeletion: DeletionObserved = { clones: new Map(), besides: [] };

export function prepareDeletion(t: JailTarget): Record<string, Command> {
  const { dataset } = placeOf(t);
  const neighbours = { ...listLinks(marksDirectory(t.storage)), unguarded: true };
  const questions = { tenants: listJails, neighbours, ...prepareArchive(t) };
  if (dataset === undefined) return questions;
  return {
    ...questions,
    snapshots: listSnapshots(dataset),
    destruction: previewDestroy(dataset),
  };
}

export function parseDeletion(t: JailTarget, results: Results): DeletionObserved {
  const { dataset } = placeOf(t);
  if (results.snapshots === undefined || results.destruction === undefined) return noDeletion;
  const snapshots = [...parseSnapshots(results.snapshots)];
  return {
    clones: new Map(snapshots.filter(([, clones]) => clones.length > 0)),
    besides: parseDestruction(results.destruction).filter((name) => name !== dataset),
  };
}

/** Told before the jail is stopped. */
export function refuseDeletion(t: JailTarget, observed: JailObserved): void {
  const { forceDelete } = t.inputs;
  const snapshots = foreignSnapshots(observed);
  if (!forceDelete) refuseTenants(observed);
  refuseForeignMounts(observed);
  refuseClones(snapshots, observed);
  if (!forceDelete) refuseSnapshots({ ...observed, snapshots });
  const below = observed.deletion.besides.filter((name) => !name.includes("@"));
  if (below.length > 0 && observed.dataset !== undefined)
    throw new Refused(
      `zfs destroy ${observed.dataset.name} would need to destroy ${below.join(", ")}, which no jail of ours made. ` +
        "Destroy or rename that first.",
    );
}

/** Whoever made a clone needs the snapshot. */
function refuseClones(snapshots: readonly string[], { deletion }: JailObserved): void {
  const cloned = snapshots.filter((name) => deletion.clones.has(name));
  if (cloned.length === 0) return;
  const list = cloned.map((name) => `${deletion.clones.get(name)!.join(", ")} (of ${name})`);
  throw new Refused(
    `the jail's dataset has snapshots that are not ours to destroy, with clones: ${list.join("; ")}. Destroy the ` +
      "clones, or take them from the jail with zfs promote.",
  );
}

/** Jails that others run in the jail's root. */
export const stopTenants = ({ inputs }: JailTarget, { tenants }: JailObserved): Command[] =>
  inputs.forceDelete ? tenants.flatMap((name) => [removeJail(name), mustBeStopped(name)]) : [];

/** Snapshots that others made of the jail's dataset. */
export const dropSnapshots = ({ inputs }: JailTarget, observed: JailObserved): Command[] =>
  inputs.forceDelete ? foreignSnapshots(observed).map(destroyDataset) : [];
