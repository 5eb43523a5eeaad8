import { type FileType, FsError, type Where } from "../contract.js";
import type { Inode } from "./inode.js";
import {
  found,
  holder,
  inodeAt,
  isReadOnly,
  type Place,
  type Resolution,
  type Step,
} from "./lookup.js";
import type { MountTable } from "./mount-table.js";
import {
  allows,
  execute,
  isAppendOnly,
  isImmutable,
  isRoot,
  isUndeletable,
  write,
} from "./permissions.js";
import type { Leaving } from "./tree.js";

/** What the operations on names need of the file system. */
export interface Core {
  readonly mounts: MountTable;
  now(): number;
}

/** What a new name stands for. */
export interface NewFile {
  type: FileType;
  mode: number;
  target?: string;
  device?: string;
}

/** Enters a new file into the directory that a resolution ended in. */
export function createEntry(core: Core, where: Where, at: Resolution, file: NewFile): Inode {
  const parent = found(at);
  const name = at.missing as string;
  checkChange(parent, where);
  if (parent.at.mount.type === "devfs" && where.credentials) throw new FsError("EOPNOTSUPP");
  const { volume } = parent.at;
  const directory = volume.edit(parent.ino);
  const inode = volume.create({
    ...file,
    uid: where.credentials?.uid ?? 0,
    // As on every BSD, a new file belongs to the group of its directory.
    gid: directory.gid,
    mtime: core.now(),
  });
  addName(core, parent, name, inode);
  return inode;
}

/** Gives an inode a name. The caller counts links of files; directories count by themselves. */
export function addName(core: Core, parent: Place, name: string, inode: Readonly<Inode>): void {
  const { volume } = parent.at;
  volume.enter(parent.ino, name, inode.ino);
  const directory = volume.edit(parent.ino);
  directory.mtime = core.now();
  if (inode.type === "directory") directory.nlink += 1;
}

/** Takes a name away. */
export function dropName(
  core: Core,
  parent: Place,
  name: string,
  { type, why }: { type: FileType; why: Leaving },
): void {
  const { volume } = parent.at;
  volume.leave(parent.ino, name, why);
  const directory = volume.edit(parent.ino);
  directory.mtime = core.now();
  if (type === "directory") directory.nlink -= 1;
}

/** The directory of a file that is to lose its name, or an error that says why it may not. */
export function removableFrom(where: Where, path: string, at: Resolution): Step {
  if (at.missing !== undefined) throw new FsError("ENOENT", path);
  const target = found(at);
  const parent = holder(at);
  if (!parent || target.at !== parent.at) throw new FsError("EBUSY", path);
  refused(path, () => checkRemoval(parent, target, where));
  return parent;
}

function checkRemoval(parent: Place, target: Place, where: Where): void {
  if (isReadOnly(parent.at)) throw new FsError("EROFS");
  const directory = inodeAt(parent);
  const inode = inodeAt(target);
  if (isImmutable(directory) || isAppendOnly(directory)) throw new FsError("EPERM");
  if (!allows(directory, where, write | execute)) throw new FsError("EACCES");
  if (isUndeletable(inode)) throw new FsError("EPERM");
  if (directory.mode & 0o1000 && !isRoot(where)) {
    const uid = where.credentials?.uid;
    if (directory.uid !== uid && inode.uid !== uid) throw new FsError("EPERM");
  }
}

/** Whether names may be added to a directory. */
export function checkChange(parent: Place, where: Where): void {
  if (isReadOnly(parent.at)) throw new FsError("EROFS");
  const directory = inodeAt(parent);
  if (directory.type !== "directory") throw new FsError("ENOTDIR");
  if (isImmutable(directory)) throw new FsError("EPERM");
  if (!allows(directory, where, write | execute)) throw new FsError("EACCES");
}

/** Takes one link off an inode, and the inode itself after the last one. */
export function dropLink(place: Place, links = 1): void {
  place.at.volume.unlink(place.ino, links);
}

/** Runs a step whose errors lack the path. */
export function refused<T>(path: string, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (error instanceof FsError && error.path === "") throw new FsError(error.code, path);
    throw error;
  }
}
