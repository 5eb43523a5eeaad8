import { FsError, type Stat, type Where } from "../contract.js";
import { type Core, refused } from "./entries.js";
import { type Inode, sizeOf, spaceOf } from "./inode.js";
import { found, inodeAt, isReadOnly, type MountPoint, type Place } from "./lookup.js";
import { isImmutable, isOwner, isRoot, systemFlags } from "./permissions.js";
import { namesOf } from "./tree.js";

/** stat(2) with what the contract leaves out. */
export interface DetailedStat extends Stat {
  /** Bytes on disk, as UFS takes them. */
  space: number;
  /** Name of a character device. */
  device?: string;
}

/** Attributes of an inode as it is reached through a mount. */
export function statOf(inode: Readonly<Inode>, at: MountPoint): DetailedStat {
  const zfs = at.mount.type === "zfs" && inode.type === "directory";
  const { type, ino, mode, uid, gid, nlink, flags, mtime } = inode;
  return {
    type,
    ino,
    dev: at.dev,
    mode,
    uid,
    gid,
    // A directory of ZFS counts its entries with "." and "..".
    size: zfs ? [...namesOf(inode)].length + 2 : sizeOf(inode),
    nlink,
    flags,
    mtime,
    space: spaceOf(inode),
    ...(type === "symlink" && { target: inode.target }),
    ...(inode.device !== "" && { device: inode.device }),
  };
}

/** The place of a file that exists. */
export function existing(core: Core, where: Where, path: string, follow?: boolean): Place {
  const at = core.mounts.resolve(where, path, { follow });
  if (at.missing !== undefined) throw new FsError("ENOENT", path);
  const place = found(at);
  if (at.slash && inodeAt(place).type !== "directory") throw new FsError("ENOTDIR", path);
  return place;
}

/** Changes attributes of a file that `where` may change, and for flags one that is immutable, too. */
export function changeAttributes(
  core: Core,
  where: Where,
  path: string,
  options: { follow?: boolean; evenImmutable?: boolean },
  change: (inode: Inode) => void,
): void {
  const place = existing(core, where, path, options.follow);
  const inode = inodeAt(place);
  if (isReadOnly(place.at)) throw new FsError("EROFS", path);
  if (!isOwner(inode, where)) throw new FsError("EPERM", path);
  if (isImmutable(inode) && !options.evenImmutable) throw new FsError("EPERM", path);
  refused(path, () => change(place.at.volume.edit(place.ino)));
}

/** chown(2): only root gives a file away; its owner may give it to a group of their own. */
export function changeOwner(inode: Inode, where: Where, uid: number, gid: number): void {
  if (!isRoot(where)) {
    const groups = [where.credentials?.gid, ...(where.credentials?.groups ?? [])];
    if (uid !== inode.uid || !groups.includes(gid)) throw new FsError("EPERM");
    inode.mode &= 0o1777;
  }
  inode.uid = uid;
  inode.gid = gid;
}

/** chflags(2): the flags of the system are root's to set and clear. */
export function changeFlags(inode: Inode, where: Where, flags: ReadonlySet<string>): void {
  const touched = [...systemFlags].some((flag) => inode.flags.has(flag) !== flags.has(flag));
  if (touched && !isRoot(where)) throw new FsError("EPERM");
  inode.flags = new Set(flags);
}
