import { FsError, type Where } from "../contract.js";
import {
  addName,
  type Core,
  checkChange,
  dropLink,
  dropName,
  refused,
  removableFrom,
} from "./entries.js";
import { found, holder, inodeAt, type Resolution, type Step } from "./lookup.js";
import { allows, isRoot, write } from "./permissions.js";
import { isEmptyDirectory } from "./tree.js";

/** rename(2): replaces what has the new name in one step. */
export function rename(core: Core, where: Where, from: string, to: string): void {
  const source = core.mounts.resolve(where, from, { follow: false });
  if (source.missing !== undefined) throw new FsError("ENOENT", from);
  const target = core.mounts.resolve(where, to, { follow: false });
  const moved = found(source);
  const sourceDirectory = holder(source);
  const targetDirectory = target.missing === undefined ? holder(target) : found(target);
  if (!sourceDirectory || !targetDirectory) throw new FsError("EINVAL", from);
  // A mount point is the root of another file system than the directory it is entered from.
  if (moved.at !== targetDirectory.at) throw new FsError("EXDEV", from);
  const parent = removableFrom(where, from, source);
  refused(to, () => checkChange(targetDirectory, where));
  if (inodeAt(moved).type === "directory") checkMovedDirectory(where, from, source, target);
  if (target.missing === undefined) {
    if (found(target).ino === moved.ino && found(target).at === moved.at) return;
    makeWay(core, where, to, target, moved);
  }
  move(core, parent, targetDirectory, moved, target.missing ?? found(target).name);
}

function move(core: Core, from: Step, to: Step, moved: Step, name: string): void {
  const inode = inodeAt(moved);
  bringUp(moved);
  dropName(core, from, moved.name, { type: inode.type, why: "renamed" });
  addName(core, to, name, inode);
}

/** What a union only has in its lower layer is brought up before it is moved; unionfs does so with files alone. */
function bringUp(moved: Step): void {
  try {
    moved.at.volume.edit(moved.ino);
  } catch (error) {
    throw error instanceof FsError && error.code === "EROFS" ? new FsError("ENODEV") : error;
  }
}

/** A directory cannot move below itself, and its ".." must be writable when its parent changes. */
function checkMovedDirectory(where: Where, path: string, source: Resolution, to: Resolution): void {
  const moved = found(source);
  const inside = to.steps.some(
    (step, index) =>
      step.ino === moved.ino &&
      step.at === moved.at &&
      (to.missing !== undefined || index < to.steps.length - 1),
  );
  if (inside) throw new FsError("EINVAL", path);
  if (!isRoot(where) && !allows(inodeAt(moved), where, write)) throw new FsError("EACCES", path);
}

/** Removes what has the new name, when it is of a kind that may be replaced. */
function makeWay(core: Core, where: Where, path: string, target: Resolution, moved: Step): void {
  const old = found(target);
  const oldInode = inodeAt(old);
  const directory = inodeAt(moved).type === "directory";
  const parent = removableFrom(where, path, target);
  if (directory && oldInode.type !== "directory") throw new FsError("ENOTDIR", path);
  if (!directory && oldInode.type === "directory") throw new FsError("EISDIR", path);
  if (directory && !isEmptyDirectory(oldInode)) throw new FsError("ENOTEMPTY", path);
  dropName(core, parent, old.name, { type: oldInode.type, why: "renamed" });
  dropLink(old, directory ? oldInode.nlink : 1);
}
