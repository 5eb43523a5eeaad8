/**
 * Which mounts of a running jail change without a restart. One that is declared no more is unmounted. One that is new
 * is mounted only where nothing that the jail can write leads to its target: mount(8) resolves links, and a jail that
 * swaps a directory for one between a check and the mount would get it anywhere on the host. That is so in the
 * read-only template of a thin jail that may not mount anything over it, and nowhere else: below a read-only mount
 * another jail may write to its source.
 */
import type { Command } from "../freebsd/command.js";
import { parseFstab } from "../freebsd/fstab.js";
import { type FstabLine, isSwept } from "../freebsd/mount.js";
import { mountLive, mustBeThere, unmountLive } from "../freebsd/mount-live.js";
import type { JailInputs } from "./jail-inputs.js";
import { desiredFstab, missingMounts } from "./jail-mounts.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { isToMerge } from "./jail-record.js";
import { isLinux } from "./linux-jail.js";
import { adoptedPath, inSkeleton, mountPoint, rootOf } from "./thin.js";

export type Mount = JailInputs["mounts"][number];

export interface MountChanges {
  /** Only a restart brings them. */
  readonly restart: boolean;
  readonly removed: readonly FstabLine[];
  readonly added: readonly FstabLine[];
}

const unchanged: MountChanges = { restart: false, removed: [], added: [] };
const byRestart: MountChanges = { ...unchanged, restart: true };

/** Whether one path lies in the other. */
export const isNested = (a: string, b: string): boolean =>
  a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

/** Whether nothing that the jail can write leads to the target: what the preview and the update go by. */
export function isPinned(
  { type, base, mounts, parameters }: Pick<JailInputs, "type" | "base" | "mounts" | "parameters">,
  target: string,
): boolean {
  const inTemplate = type === "thin" && !isLinux({ base }) && inSkeleton(target) === undefined;
  const covered = parameters["allow.mount"] === true;
  return inTemplate && !covered && !mounts.some((other) => isNested(other.target, target));
}

/** What is to be done about the mounts of a running jail. */
export function mountChanges(t: JailTarget, observed: JailObserved): MountChanges {
  if (isToMerge(t, observed)) return byRestart;
  const added = missingMounts(t, observed);
  // Of a jail that is taken over where it is, the mounts are told by another tool's fstab.
  if (adoptedPath(t.inputs) !== undefined && observed.fstab === undefined)
    return added.length > 0 ? byRestart : unchanged;
  const { lines: former, strange } = parseFstab(observed.fstab ?? "");
  const desired = desiredFstab(t.inputs, t.storage);
  const gone = former.filter(({ on }) => !desired.some((line) => line.on === on));
  const live =
    strange.length === 0 &&
    !isAltered(former, desired) &&
    gone.every((line) => isRemovable(t, observed, { line, gone })) &&
    added.every((line) => isAddable(t, observed, { line, gone }));
  if (!live) return byRestart;
  const { mounts } = observed;
  const order = (line: FstabLine) => mounts.findIndex(({ on }) => on === line.on);
  const removed = gone.filter((line) => order(line) >= 0).sort((a, b) => order(b) - order(a));
  return { restart: false, removed, added };
}

/** Mounts that stay, and are to be of something else, otherwise, or in another order where that shows. */
function isAltered(former: readonly FstabLine[], desired: readonly FstabLine[]): boolean {
  const place = (line: FstabLine) => former.findIndex(({ on }) => on === line.on);
  const kept = desired.filter((line) => place(line) >= 0);
  const text = ({ from, type, options }: FstabLine) => JSON.stringify([from, type, options]);
  return kept.some(
    (line, i) =>
      text(line) !== text(former[place(line)]!) ||
      kept.slice(0, i).some((other) => isNested(other.on, line.on) && place(other) > place(line)),
  );
}

interface Change {
  readonly line: FstabLine;
  /** What is unmounted in any case. */
  readonly gone: readonly FstabLine[];
}

/** Of a declared kind, alone at its place, and with nothing on it that stays. */
function isRemovable(t: JailTarget, observed: JailObserved, { line, gone }: Change): boolean {
  const root = rootOf(t.inputs, t.storage);
  const all = [...observed.mounts, ...observed.foreignMounts];
  const there = all.filter(({ on }) => on === line.on);
  if (there.length === 0) return true;
  const ours = there.length === 1 && there[0]!.type === line.type && isSwept(line);
  const below = all.filter(({ on }) => on.startsWith(`${line.on}/`));
  return (
    ours &&
    line.on.startsWith(`${root}/`) &&
    below.every(({ on }) => gone.some((each) => each.on === on))
  );
}

function isAddable({ inputs, storage }: JailTarget, observed: JailObserved, change: Change) {
  const { line, gone } = change;
  const root = rootOf(inputs, storage);
  const declared = inputs.mounts.find(
    ({ target }) => mountPoint(inputs, storage, target) === line.on,
  );
  const mayMount = observed.running?.parameters.get("allow.mount") === true;
  if (declared === undefined || mayMount || !isPinned(inputs, declared.target)) return false;
  const staying = [...observed.mounts, ...observed.foreignMounts].filter(
    ({ on }) => on !== root && !gone.some((each) => each.on === on),
  );
  return staying.every(({ on }) => on !== line.on && !isNested(on, line.on));
}

export interface LiveMounts {
  readonly removed: readonly FstabLine[];
  /** Before anything else: a mount that is busy, or a source that is not there, leaves the jail as it was. */
  readonly first: readonly Command[];
  /** Once the fstab has them: what a crash leaves out is then seen as missing. */
  readonly last: readonly Command[];
}

export function planMounts(t: JailTarget, { removed, added }: MountChanges): LiveMounts {
  const { name } = t.inputs;
  const root = rootOf(t.inputs, t.storage);
  const sources = added.filter(({ type }) => type === "nullfs").map(({ from }) => from);
  const first: Command[] = [
    ...sources.map(mustBeThere),
    ...removed.map((line) => unmountLive(name, line)),
  ];
  return { removed, first, last: added.map((line) => mountLive(name, root, line)) };
}

/** What is seen once these are unmounted: of the files that were theirs, nothing is known. */
export function uncover(
  { inputs, storage }: JailTarget,
  observed: JailObserved,
  removed: readonly FstabLine[],
): JailObserved {
  const isCovered = (path: string) =>
    removed.some(({ on }) => mountPoint(inputs, storage, path).startsWith(`${on}/`));
  const files = new Map([...observed.files].filter(([path]) => !isCovered(path)));
  return { ...observed, files };
}

/** Mounts that the jail's fstab has and no program declares any more, and that are mounted still. */
export function leftoverMounts(t: JailTarget, observed: JailObserved): Mount[] {
  const { inputs, storage } = t;
  const root = rootOf(inputs, storage);
  const desired = new Set(desiredFstab(inputs, storage).map(({ on }) => on));
  return parseFstab(observed.fstab ?? "").lines.flatMap((line): Mount[] => {
    const { from, on, type, options } = line;
    const mounted = observed.mounts.some((mount) => mount.on === on && mount.type === type);
    if (!mounted || desired.has(on) || !on.startsWith(`${root}/`) || !isSwept(line)) return [];
    const rest = { target: on.slice(root.length), readOnly: options.includes("ro") };
    const special = type as Exclude<Mount["type"], "nullfs">;
    return [type === "nullfs" ? { type, source: from, ...rest } : { type: special, ...rest }];
  });
}
