/** A jail's mounts: its fstab, the mount points in it, and what of both is missing. */
import type { Command } from "../freebsd/command.js";
import { makeInside } from "../freebsd/inside.js";
import type { Storage } from "../freebsd/layout.js";
import { type FstabLine, renderFstab } from "../freebsd/mount.js";
import { emptyDirectories } from "./jail-empty.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { recordFstab } from "./jail-record.js";
import { linuxMounts, ownMountPoints } from "./linux-jail.js";
import { deviceOf, inSkeleton, mountPoint, ownTree, rootOf, skeletonMount } from "./thin.js";

type Mount = JailInputs["mounts"][number];

/** Lines of the jail's fstab, in the order in which they are mounted; targets are below the jail's root. */
export function desiredFstab(inputs: JailInputs, storage: Storage): FstabLine[] {
  const linux = linuxMounts(inputs).map(({ type, target, options }) => ({
    ...{ from: type, on: mountPoint(inputs, storage, target), type, options },
  }));
  const own = [...recordFstab(inputs, storage), ...ownFstab(inputs, storage)];
  return [...own, ...linux, ...inputs.mounts.map((mount) => declared(mount))];

  function declared(mount: Mount): FstabLine {
    const on = mountPoint(inputs, storage, mount.target);
    const options = [mount.readOnly ? "ro" : "rw"];
    if (mount.type === "nullfs") return { from: mount.source, on, type: mount.type, options };
    if (mount.mode !== undefined) options.push(`mode=${mount.mode}`);
    if (mount.size !== undefined) options.push(`size=${mount.size.toLowerCase()}`);
    if (mount.ruleset !== undefined) options.push(`ruleset=${mount.ruleset}`);
    return { from: mount.type, on, type: mount.type, options };
  }
}

/** The device of the jail's own part; and of a thin jail the template read-only, and that part on it. */
function ownFstab(inputs: JailInputs, storage: Storage): FstabLine[] {
  const device = deviceOf(inputs);
  const on = ownTree(inputs, storage);
  const own = device === undefined ? [] : [{ from: device, on, type: "ufs", options: ["rw"] }];
  if (inputs.type !== "thin") return own;
  const root = rootOf(inputs, storage);
  return [
    ...own,
    { from: `${inputs.base.path}/root`, on: root, type: "nullfs", options: ["ro"] },
    { from: on, on: root + skeletonMount, type: "nullfs", options: ["rw"] },
  ];
}

/** Text of the fstab; undefined for a jail that has none. */
export function desiredFstabText(inputs: JailInputs, storage: Storage): string | undefined {
  const lines = desiredFstab(inputs, storage);
  return lines.length === 0 ? undefined : renderFstab(lines);
}

/**
 * Mounts that the running jail lacks, those that it could write and is not to, and those that its tree is made of when
 * they show something else.
 */
export function missingMounts(t: JailTarget, { mounts }: JailObserved): FstabLine[] {
  const own = ownFstab(t.inputs, t.storage).map(({ on }) => on);
  return desiredFstab(t.inputs, t.storage).filter(({ on, from, options }) => {
    // The last one at a place is the one that is seen. Other sources may be shown by another name (nullfs of a link).
    const shown = mounts.findLast((mount) => mount.on === on);
    const opened = options.includes("ro") && shown?.options[0] === "rw";
    return shown === undefined || opened || (own.includes(on) && shown.from !== from);
  });
}

/** Whether a thin jail sees its template and its own part, and an image jail its image. */
export const seesTemplate = (t: JailTarget, observed: JailObserved): boolean => {
  const own = ownFstab(t.inputs, t.storage).map(({ on }) => on);
  return !missingMounts(t, observed).some(({ on }) => own.includes(on));
};

/** Makes the mount points, as far as they are in a place that is the jail's own. */
export function planMountPoints({ inputs, storage }: JailTarget): Command[] {
  const targets = [...emptyDirectories(inputs), ...ownMountPoints(inputs)];
  if (targets.length === 0) return [];
  if (inputs.type !== "thin") return [makeInside(rootOf(inputs, storage), targets)];
  const inside = targets.map(inSkeleton).filter((target) => target !== undefined);
  return inside.length === 0 ? [] : [makeInside(ownTree(inputs, storage), inside)];
}

/** Targets that must be there already: in the template, and not in another mount, which may bring them. */
export function templateTargets({ inputs }: JailTarget): { target: string; path: string }[] {
  const targets = inputs.mounts.map(({ target }) => target);
  return targets
    .filter((target) => inSkeleton(target) === undefined)
    .filter((target) => !targets.some((other) => target.startsWith(`${other}/`)))
    .map((target) => ({ target, path: `${inputs.base.path}/root${target}` }));
}

/** What has to be there of a thin jail and its template: paths to look at. */
export function thinParts(t: JailTarget): string[] {
  const { inputs } = t;
  if (inputs.type !== "thin") return [];
  const trees = [inputs.base.path, placeOf(t).path];
  return [
    ...trees.flatMap((tree) => [`${tree}/root`, `${tree}/skeleton`]),
    ...templateTargets(t).map(({ path }) => path),
  ];
}
