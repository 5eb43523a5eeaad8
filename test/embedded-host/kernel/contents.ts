import { FsError, type Where, type Writer } from "../contract.js";
import { type Core, createEntry, refused } from "./entries.js";
import { chargeOf, fragment, type Inode } from "./inode.js";
import { found, inodeAt, isReadOnly, type Place } from "./lookup.js";
import { allows, isAppendOnly, isImmutable, read, write } from "./permissions.js";
import type { Tree } from "./tree.js";

export interface OpenOptions {
  append?: boolean;
  exclusive?: boolean;
  mode?: number;
}

/** Content of a file. A hole at its end is filled with zeros, or left out with `stored`. */
export function readFile(core: Core, where: Where, path: string, stored = false): Buffer {
  const at = core.mounts.resolve(where, path);
  if (at.missing !== undefined) throw new FsError("ENOENT", path);
  const inode = inodeAt(found(at));
  if (inode.type === "directory") throw new FsError("EISDIR", path);
  if (at.slash) throw new FsError("ENOTDIR", path);
  if (!allows(inode, where, read)) throw new FsError("EACCES", path);
  if (inode.type === "socket") throw new FsError("EOPNOTSUPP", path);
  return stored ? inode.data.subarray(0, inode.length) : contentOf(inode);
}

/** The bytes of an inode. Devices without end cannot be read as a whole: see `open.ts`. */
export function contentOf(inode: Readonly<Inode>): Buffer {
  const stored = inode.data.subarray(0, inode.length);
  if (inode.size <= inode.length) return stored;
  const all = Buffer.alloc(inode.size);
  stored.copy(all);
  return all;
}

/** Opens a file for writing, as open(2) with O_CREAT does, and gives a way to write into it. */
export function openForWriting(
  core: Core,
  where: Where,
  path: string,
  options: OpenOptions = {},
): Writer {
  const at = core.mounts.resolve(where, path, { follow: !options.exclusive });
  if (at.missing !== undefined) {
    if (at.slash) throw new FsError("EISDIR", path);
    const mode = (options.mode ?? 0o666) & ~(where.umask ?? 0o022);
    const inode = refused(path, () =>
      createEntry(core, where, at, { ...fileOrDevice(at.missing as string, found(at)), mode }),
    );
    return new FileWriter(core, path, found(at).at.volume, inode.ino);
  }
  if (options.exclusive) throw new FsError("EEXIST", path);
  const place = found(at);
  const inode = inodeAt(place);
  checkOpen(inode, place, where, path, options);
  if (at.slash) throw new FsError("ENOTDIR", path);
  if (!options.append && inode.type === "file") empty(core, place);
  return new FileWriter(core, path, place.at.volume, place.ino);
}

/** The kernel fills /dev by writing: what it creates there is the device of that name. */
function fileOrDevice(name: string, parent: Place): { type: "file" | "chardev"; device: string } {
  const device = parent.at.mount.type === "devfs";
  return { type: device ? "chardev" : "file", device: device ? name : "" };
}

function checkOpen(
  inode: Readonly<Inode>,
  place: Place,
  where: Where,
  path: string,
  options: OpenOptions,
): void {
  if (inode.type === "directory") throw new FsError("EISDIR", path);
  if (inode.type === "socket") throw new FsError("EOPNOTSUPP", path);
  if (inode.type === "file" && isReadOnly(place.at)) throw new FsError("EROFS", path);
  if (isImmutable(inode) || (isAppendOnly(inode) && !options.append)) {
    throw new FsError("EPERM", path);
  }
  if (!allows(inode, where, write)) throw new FsError("EACCES", path);
}

function empty(core: Core, place: Place): void {
  const { volume } = place.at;
  const inode = volume.edit(place.ino);
  volume.used -= chargeOf(inode);
  inode.data = Buffer.alloc(0);
  inode.length = 0;
  inode.size = 0;
  inode.mtime = core.now();
}

/** An open file: it is held by its inode, so that renaming or replacing its name does not matter. */
class FileWriter implements Writer {
  constructor(
    private readonly core: Core,
    private readonly path: string,
    private readonly volume: Tree,
    private readonly ino: number,
  ) {}

  write(data: string | Buffer): void {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    // The last name of the file may be gone while it is open; nobody can see what is written then.
    if (!this.volume.has(this.ino) || bytes.length === 0) return;
    const inode = this.volume.edit(this.ino);
    if (inode.type === "chardev" || inode.type === "fifo") {
      if (inode.device === "full") throw new FsError("ENOSPC", this.path);
      return;
    }
    const fits = this.room(inode, bytes.length);
    this.append(inode, bytes.subarray(0, fits));
    if (fits < bytes.length) throw new FsError(this.volume.fullError(), this.path);
  }

  /** How many bytes can be appended. A quota refuses a write whole, a full disk takes what fits. */
  private room(inode: Readonly<Inode>, wanted: number): number {
    const spare = chargeOf(inode) - inode.length;
    const room = Math.floor(this.volume.free() / fragment) * fragment + spare;
    if (wanted <= room && !(this.volume.quota && this.volume.fullFor(0))) return wanted;
    return this.volume.quota ? 0 : Math.min(wanted, room);
  }

  private append(inode: Inode, bytes: Buffer): void {
    const before = chargeOf(inode);
    fillHole(inode);
    const length = inode.length + bytes.length;
    if (inode.data.length < length) {
      const grown = Buffer.alloc(inode.length === 0 ? length : Math.max(length, 2 * inode.length));
      inode.data.copy(grown, 0, 0, inode.length);
      inode.data = grown;
    }
    bytes.copy(inode.data, inode.length);
    inode.length = length;
    inode.size = length;
    inode.mtime = this.core.now();
    this.volume.used += chargeOf(inode) - before;
  }
}

function fillHole(inode: Inode): void {
  if (inode.size <= inode.length) return;
  inode.data = contentOf(inode);
  inode.length = inode.size;
}

/** truncate(2): a longer file gets a hole of zeros, a shorter one gives space back. */
export function truncateFile(core: Core, where: Where, path: string, size: number): void {
  const at = core.mounts.resolve(where, path);
  if (at.missing !== undefined) throw new FsError("ENOENT", path);
  const place = found(at);
  checkOpen(inodeAt(place), place, where, path, {});
  const { volume } = place.at;
  // The last block of a longer file is allocated at once, and a full volume refuses it.
  if (size > inodeAt(place).size && volume.fullFor(fragment))
    throw new FsError(volume.fullError(), path);
  const inode = volume.edit(place.ino);
  const before = chargeOf(inode);
  // The shortened content is a copy: views of the old one that readers hold stay as they were.
  if (size < inode.length) inode.data = Buffer.from(inode.data.subarray(0, size));
  inode.length = Math.min(inode.length, size);
  inode.size = size;
  inode.mtime = core.now();
  volume.used += chargeOf(inode) - before;
}
