import {
  type FileSystem,
  FsError,
  type Mount,
  type Union,
  type Volume,
  type Where,
  type Writer,
} from "../contract.js";
import {
  changeAttributes,
  changeFlags,
  changeOwner,
  type DetailedStat,
  existing,
  statOf,
} from "./attributes.js";
import { type OpenOptions, openForWriting, readFile, truncateFile } from "./contents.js";
import type { Core, NewFile } from "./entries.js";
import { type Inode, rootIno } from "./inode.js";
import { found, inodeAt } from "./lookup.js";
import { MountTable } from "./mount-table.js";
import { makeLink, makeNode, makeSymlink, removeDirectory, removeFile } from "./names.js";
import { allows, read } from "./permissions.js";
import { rename } from "./renames.js";
import { namesOf, type Tree } from "./tree.js";
import { MemoryVolume } from "./volume.js";
import { type Met, meetAll, type Walked, walkVolume } from "./walk.js";

export interface FileSystemOptions {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Bytes of the root file system. */
  capacity?: number;
}

/** What says who may do what with a file. */
export type Access = Readonly<Pick<Inode, "type" | "mode" | "uid" | "gid">>;

/** A new machine's files: an empty root file system, mounted as UFS. */
export function createFileSystem(options: FileSystemOptions): MemoryFileSystem {
  return new MemoryFileSystem(options);
}

/** The file system of the contract, and beyond it what tools and faults of the embedded host need. */
export class MemoryFileSystem implements FileSystem {
  private readonly core: Core;

  constructor(options: FileSystemOptions) {
    const root: Mount = {
      from: "/dev/gpt/rootfs",
      on: "/",
      type: "ufs",
      options: ["rw", "noatime"],
      given: ["rw", "noatime"],
    };
    const mounts = new MountTable(root, (dev) => this.newVolume(dev, 0o755, options));
    this.core = { mounts, now: () => options.now() };
    mounts.root.volume.capacity = options.capacity ?? Number.POSITIVE_INFINITY;
  }

  stat(where: Where, path: string, options: { follow?: boolean } = {}): DetailedStat {
    const place = existing(this.core, where, path, options.follow);
    return statOf(inodeAt(place), place.at);
  }

  /** `stat` that answers undefined when the last name does not exist: far cheaper than an error. */
  find(where: Where, path: string, options: { follow?: boolean } = {}): DetailedStat | undefined {
    const at = this.core.mounts.resolve(where, path, options);
    if (at.missing !== undefined) return undefined;
    const place = found(at);
    const inode = inodeAt(place);
    if (at.slash && inode.type !== "directory") throw new FsError("ENOTDIR", path);
    return statOf(inode, place.at);
  }

  /** Who may do what with a file: `find` without what takes time to count. */
  access(where: Where, path: string): Access | undefined {
    const at = this.core.mounts.resolve(where, path);
    if (at.missing !== undefined) return undefined;
    const inode = inodeAt(found(at));
    if (at.slash && inode.type !== "directory") throw new FsError("ENOTDIR", path);
    return inode;
  }

  exists(where: Where, path: string): boolean {
    try {
      return this.access(where, path) !== undefined;
    } catch (error) {
      if (error instanceof FsError) return false;
      throw error;
    }
  }

  read(where: Where, path: string): Buffer {
    return readFile(this.core, where, path);
  }

  /** What a file holds before the hole at its end: large images are mostly hole. */
  readStored(where: Where, path: string): Buffer {
    return readFile(this.core, where, path, true);
  }

  write(where: Where, path: string, data: Buffer | string, options?: OpenOptions): void {
    openForWriting(this.core, where, path, options).write(data);
  }

  /** open(2) for writing: the file is held also when its name goes to another file meanwhile. */
  openWriter(where: Where, path: string, options?: OpenOptions): Writer {
    return openForWriting(this.core, where, path, options);
  }

  mkdir(where: Where, path: string, mode = 0o777): void {
    const permissions = mode & ~(where.umask ?? 0o022);
    makeNode(this.core, where, path, { type: "directory", mode: permissions });
  }

  /** Makes a device, a pipe or a socket; `mode` is taken as it is. */
  mknod(where: Where, path: string, file: NewFile): void {
    makeNode(this.core, where, path, file);
  }

  symlink(where: Where, target: string, path: string): void {
    makeSymlink(this.core, where, target, path);
  }

  link(where: Where, from: string, to: string): void {
    makeLink(this.core, where, from, to);
  }

  rmdir(where: Where, path: string): void {
    removeDirectory(this.core, where, path);
  }

  unlink(where: Where, path: string): void {
    removeFile(this.core, where, path);
  }

  rename(where: Where, from: string, to: string): void {
    rename(this.core, where, from, to);
  }

  readlink(where: Where, path: string): string {
    const inode = inodeAt(existing(this.core, where, path, false));
    if (inode.type !== "symlink") throw new FsError("EINVAL", path);
    return inode.target;
  }

  readdir(where: Where, path: string): string[] {
    const inode = inodeAt(existing(this.core, where, path));
    if (inode.type !== "directory") throw new FsError("ENOTDIR", path);
    if (!allows(inode, where, read)) throw new FsError("EACCES", path);
    return [...namesOf(inode)].map(([name]) => name).sort();
  }

  /** Names in a directory that stand for no file but hide one of a lower layer. */
  whiteouts(where: Where, path: string): string[] {
    const { at, ino } = existing(this.core, where, path);
    return at.volume.whiteouts(ino).sort();
  }

  chmod(where: Where, path: string, mode: number, options: { follow?: boolean } = {}): void {
    changeAttributes(this.core, where, path, options, (inode) => {
      inode.mode = mode & 0o7777;
    });
  }

  chown(
    where: Where,
    path: string,
    uid: number,
    gid: number,
    options: { follow?: boolean } = {},
  ): void {
    changeAttributes(this.core, where, path, options, (inode) =>
      changeOwner(inode, where, uid, gid),
    );
  }

  chflags(
    where: Where,
    path: string,
    flags: ReadonlySet<string>,
    options: { follow?: boolean } = {},
  ): void {
    changeAttributes(this.core, where, path, { ...options, evenImmutable: true }, (inode) =>
      changeFlags(inode, where, flags),
    );
  }

  truncate(where: Where, path: string, size: number): void {
    truncateFile(this.core, where, path, size);
  }

  utimes(where: Where, path: string, mtime: number, options: { follow?: boolean } = {}): void {
    changeAttributes(this.core, where, path, options, (inode) => {
      inode.mtime = mtime;
    });
  }

  realpath(where: Where, path: string): string {
    return this.core.mounts.hostPath(where, path).seen;
  }

  hostPath(where: Where, path: string): string {
    return this.core.mounts.hostPath(where, path).host;
  }

  get mounts(): readonly Mount[] {
    return this.core.mounts.list;
  }

  mount(mount: Mount, tree: { bind: string } | { volume: Volume } | { union: Union }): void {
    this.core.mounts.mount(mount, "volume" in tree ? { volume: memory(tree.volume) } : tree);
  }

  unmount(on: string, options: { force?: boolean } = {}): void {
    this.core.mounts.unmount(on, options.force);
  }

  /** The mount a path lies in, and the volume behind it: what statfs(2) tells. */
  mountOf(where: Where, path: string): { mount: Mount; volume: Volume; root: boolean } {
    const { mount, volume } = this.core.mounts.at(where, path);
    return { mount, volume, root: volume === this.core.mounts.root.volume };
  }

  createVolume(options: { capacity?: number; mode?: number } = {}): Volume {
    const now = () => this.core.now();
    const volume = this.newVolume(this.core.mounts.newDev(), options.mode ?? 0o755, { now });
    volume.capacity = options.capacity ?? Number.POSITIVE_INFINITY;
    return volume;
  }

  copyVolume(volume: Volume): Volume {
    return memory(volume).fork(this.core.mounts.newDev());
  }

  replaceVolume(into: Volume, from: Volume): void {
    memory(into).share(memory(from));
  }

  used(volume: Volume): number {
    return (volume as Tree).used;
  }

  walk(path: string, options: { crossMounts?: boolean } = {}): Iterable<Walked> {
    return walkVolume(this.core.mounts.place(path), path, options.crossMounts ?? false);
  }

  /** `walk` over all mounts that gives the inodes themselves: they must not be changed. */
  meetAll(path: string): Iterable<Met> {
    return meetAll(this.core.mounts.place(path), path, true);
  }

  /** `walk` for a volume that need not be mounted; paths begin with "/", its root directory. */
  walkVolume(volume: Volume): Iterable<Walked> {
    const mount: Mount = { from: "", on: "/", type: "zfs", options: [], given: [] };
    const of = memory(volume);
    const at = { mount, volume: of, top: rootIno, dev: of.dev, covers: new Map() };
    return walkVolume({ at, ino: rootIno }, "/", false);
  }

  private newVolume(dev: number, mode: number, clock: { now(): number }): MemoryVolume {
    const mtime = clock.now();
    return new MemoryVolume(dev, { type: "directory", mode, uid: 0, gid: 0, mtime });
  }
}

function memory(volume: Volume): MemoryVolume {
  if (volume instanceof MemoryVolume) return volume;
  throw new FsError("EINVAL");
}
