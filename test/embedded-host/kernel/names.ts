import { FsError, type Where } from "../contract.js";
import { existing } from "./attributes.js";
import {
  addName,
  type Core,
  checkChange,
  createEntry,
  dropLink,
  dropName,
  type NewFile,
  refused,
  removableFrom,
} from "./entries.js";
import { found, inodeAt, type Resolution } from "./lookup.js";
import { isImmutable } from "./permissions.js";
import { isEmptyDirectory } from "./tree.js";

/** Where a new name would be; EEXIST when there is something of that name, a link too. */
function vacancy(core: Core, where: Where, path: string): Resolution {
  const at = core.mounts.resolve(where, path, { follow: false });
  if (at.missing === undefined) throw new FsError("EEXIST", path);
  return at;
}

/** mkdir(2) and mknod(2). */
export function makeNode(core: Core, where: Where, path: string, file: NewFile): void {
  const at = vacancy(core, where, path);
  refused(path, () => createEntry(core, where, at, file));
}

/** symlink(2). */
export function makeSymlink(core: Core, where: Where, target: string, path: string): void {
  const at = vacancy(core, where, path);
  if (at.slash) throw new FsError("ENOENT", path);
  const mode = 0o777 & ~(where.umask ?? 0o022);
  refused(path, () => createEntry(core, where, at, { type: "symlink", mode, target }));
}

/** link(2): the same inode under a second name. */
export function makeLink(core: Core, where: Where, from: string, to: string): void {
  const source = existing(core, where, from);
  const inode = inodeAt(source);
  if (inode.type === "directory") throw new FsError("EPERM", from);
  const at = vacancy(core, where, to);
  const parent = found(at);
  if (parent.at !== source.at) throw new FsError("EXDEV", from);
  refused(to, () => checkChange(parent, where));
  if (isImmutable(inode)) throw new FsError("EPERM", from);
  source.at.volume.edit(source.ino).nlink += 1;
  addName(core, parent, at.missing as string, inode);
}

/** rmdir(2). */
export function removeDirectory(core: Core, where: Where, path: string): void {
  const at = core.mounts.resolve(where, path, { follow: false });
  if (/(^|\/)\.\/*$/.test(path)) throw new FsError("EINVAL", path);
  const target = at.missing === undefined ? inodeAt(found(at)) : undefined;
  if (target && target.type !== "directory") throw new FsError("ENOTDIR", path);
  const parent = removableFrom(where, path, at);
  if (target && !isEmptyDirectory(target)) throw new FsError("ENOTEMPTY", path);
  refused(path, () => {
    dropName(core, parent, found(at).name, { type: "directory", why: "removed" });
    dropLink(found(at), Number.POSITIVE_INFINITY);
  });
}

/** unlink(2). */
export function removeFile(core: Core, where: Where, path: string): void {
  const at = core.mounts.resolve(where, path, { follow: false });
  const parent = removableFrom(where, path, at);
  const { type } = inodeAt(found(at));
  if (type === "directory") throw new FsError("EPERM", path);
  if (at.slash) throw new FsError("ENOTDIR", path);
  refused(path, () => {
    dropName(core, parent, found(at).name, { type, why: "removed" });
    dropLink(found(at));
  });
}
