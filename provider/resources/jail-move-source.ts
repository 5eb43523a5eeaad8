/** The machine that a jail leaves: what is asked of it, and what the jail itself does not allow. */
import type { Command } from "../freebsd/command.js";
import { readUserland } from "../freebsd/release.js";
import { parseTreeSize, treeSize } from "../freebsd/streams.js";
import { listTree, parseBelow } from "../freebsd/zfs.js";
import { parseBytes, referredBytes } from "../freebsd/zfs-stream.js";
import type { Seen } from "./context.js";
import { refuseAdopted } from "./jail-adopted.js";
import { prepareLayers } from "./jail-layers-picture.js";
import { imageBeside } from "./jail-move-parts.js";
import { foreignSnapshots } from "./jail-move-remains.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { refuseWhileRecording } from "./jail-record.js";
import { refuseForeignMounts, refuseSnapshots, refuseTenants } from "./jail-refusals.js";
import { journalOf } from "./jail-rename-picture.js";
import { Refused, type Results } from "./resource.js";

/** One of the machines, as it was found. */
export interface Found extends Seen<JailObserved> {
  readonly target: JailTarget;
  readonly results: Results;
  /** "root@b.example.org:22" */
  readonly name: string;
}

/** The userland of the jail's base, also where that is split. */
export const basePath = ({ inputs }: JailTarget): string =>
  inputs.type === "thin" ? `${inputs.base.path}/root` : inputs.base.path;

/** What is asked of the machine that the jail leaves: how much there is to copy, and of which base. */
export function askSource(t: JailTarget): Record<string, Command> {
  const { path, dataset } = placeOf(t);
  const image = imageBeside(t);
  return {
    ...prepareLayers(t),
    moveSize: dataset === undefined ? treeSize(path) : referredBytes(dataset),
    ...(dataset === undefined ? {} : { moveChildren: listTree(dataset) }),
    ...(image === undefined ? {} : { moveImage: treeSize(image) }),
    moveUserland: { ...readUserland(basePath(t)), unguarded: true },
  };
}

/** Bytes of the jail's tree and image, where the host could tell. */
export function sizeOf({ results: { moveSize, moveImage } }: Found): number | undefined {
  if (moveSize === undefined) return undefined;
  const tree = parseTreeSize(moveSize) ?? parseBytes(moveSize);
  const image = moveImage === undefined ? 0 : parseTreeSize(moveImage);
  return tree === undefined || image === undefined ? undefined : tree + image;
}

/** What the jail itself does not allow, whatever the machines are. */
export function refuseSource(from: Found, keepOld: number): void {
  const { target, observed } = from;
  refuseAdopted(target, "a move to another machine");
  refuseEmptyTree(from);
  refuseForeignMounts(observed);
  refuseWhileRecording(observed, "a move");
  refuseTenants(observed);
  if (keepOld === 0) refuseSnapshots({ ...observed, snapshots: foreignSnapshots(observed) });
  const { readWrite } = target.inputs;
  if (readWrite !== undefined && "device" in readWrite) {
    throw new Refused(
      `what the jail writes is on ${readWrite.device} of ${from.name}, which cannot be moved: only files can be copied. ` +
        "Declare another jail on the other machine and copy the data.",
    );
  }
  if (journalOf(observed) !== undefined) {
    throw new Refused(
      `a change of the jail's name on ${from.name} did not come to its end. Set host back, let pulumi up finish it, and ` +
        "move the jail then.",
    );
  }
  if (observed.upgrade.swap !== undefined) {
    throw new Refused(
      `an upgrade of the jail on ${from.name} did not come to its end. Set host back, let pulumi up finish it, and ` +
        "move the jail then.",
    );
  }
}

/** A tree that is not mounted looks like an empty one, and its copy would be taken for all there is. */
function refuseEmptyTree({ name, observed, results }: Found): void {
  const { dataset } = observed;
  if (dataset?.mounted === false) {
    throw new Refused(
      `${dataset.name} is not mounted on ${name}. zfs mount ${dataset.name} there.`,
    );
  }
  if (!observed.root)
    throw new Refused(`the jail has no tree on ${name}: there is nothing to move.`);
  const children = results.moveChildren === undefined ? [] : parseBelow(results.moveChildren);
  if (children.length > 0) {
    throw new Refused(
      `${children.join(", ")} on ${name} would not come along: a move sends the jail's own dataset only. Move them ` +
        "elsewhere first, for instance to a directory that the jail mounts.",
    );
  }
}
