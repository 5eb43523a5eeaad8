import { FsError, type Mount, type Union, type Where } from "../contract.js";
import { rootIno } from "./inode.js";
import {
  found,
  inodeAt,
  isReadOnly,
  type MountPoint,
  type Place,
  pathOf,
  type Resolution,
  resolve,
} from "./lookup.js";
import type { Tree } from "./tree.js";
import { UnionTree } from "./union/union-tree.js";

/** The kernel looks from the root of the host and is refused nothing. */
export const kernel: Where = { root: "/", cwd: "/" };

/** What appears at a mount point. */
export type Mounted = { bind: string } | { volume: Tree } | { union: Union };

/** All mounts of a machine, in the order they were made. */
export class MountTable {
  private readonly points: MountPoint[] = [];
  private nextDev = 1;

  constructor(root: Mount, volume: (dev: number) => Tree) {
    const dev = this.newDev();
    this.points.push(makePoint(root, volume(dev), { dev }));
  }

  /** The mounts as `mount -p` lists them. */
  get list(): readonly Mount[] {
    return this.points.map((point) => point.mount);
  }

  get root(): MountPoint {
    return this.points[0] as MountPoint;
  }

  /** A device number that no other file system has. */
  newDev(): number {
    this.nextDev += 1;
    return this.nextDev - 1;
  }

  /** Walks a path through the mounts. */
  resolve(where: Where, path: string, options?: { follow?: boolean }): Resolution {
    return resolve(this.root, where, path, options);
  }

  /** Walks a path of the host to something that exists. */
  place(path: string): ReturnType<typeof found> {
    const resolution = this.resolve(kernel, path);
    if (resolution.missing !== undefined) throw new FsError("ENOENT", path);
    return found(resolution);
  }

  /** The mount that a path of the host lies in. */
  at(where: Where, path: string): MountPoint {
    const resolution = this.resolve(where, path);
    if (resolution.missing !== undefined) throw new FsError("ENOENT", path);
    return found(resolution).at;
  }

  /** Mounts a directory of the host (nullfs), a volume, or a union over a directory. */
  mount(mount: Mount, tree: Mounted): void {
    const over = this.place(mount.on);
    if (inodeAt(over).type !== "directory") throw new FsError("ENOTDIR", mount.on);
    const point = this.pointOf(mount, tree, over);
    point.over = { at: over.at, ino: over.ino };
    over.at.covers.set(over.ino, point);
    this.points.push(point);
  }

  private pointOf(mount: Mount, tree: Mounted, over: Place): MountPoint {
    if ("bind" in tree) return this.bind(mount, tree.bind);
    if ("volume" in tree) return makeVolumePoint(mount, tree.volume);
    return this.union(mount, tree.union, over);
  }

  private union(mount: Mount, request: Union, over: Place): MountPoint {
    const other = this.place(request.path);
    const [upper, lower] = request.below ? [over, other] : [other, over];
    const dev = this.newDev();
    const point = makePoint(mount, upper.at.volume, { dev, top: rootIno, lower: upper.at });
    point.volume = new UnionTree({
      dev,
      upper: { volume: upper.at.volume, ino: upper.ino },
      lower: { volume: lower.at.volume, ino: lower.ino },
      alwaysWhiteout: request.alwaysWhiteout,
      knowsWhiteouts: upper.at.mount.type !== "zfs",
      writable: () => !isReadOnly(point),
    });
    return point;
  }

  private bind(mount: Mount, path: string): MountPoint {
    const source = this.place(path);
    if (inodeAt(source).type !== "directory") throw new FsError("ENOTDIR", path);
    const { volume } = source.at;
    return makePoint(mount, volume, { dev: this.newDev(), top: source.ino, lower: source.at });
  }

  /** Takes the topmost mount off a mount point. Mounts that lie on top keep it busy. */
  unmount(on: string, force = false): void {
    const index = this.points.findLastIndex((point) => point.mount.on === on);
    const point = this.points[index];
    if (!point) throw new FsError("EINVAL", on);
    if (!point.over || (point.covers.size > 0 && !force)) throw new FsError("EBUSY", on);
    point.over.at.covers.delete(point.over.ino);
    this.points.splice(index, 1);
  }

  /** Host path and kind of what a path of a process is, without links. */
  hostPath(where: Where, path: string): { seen: string; host: string } {
    const { steps, depth, missing } = this.resolve(where, path);
    if (missing !== undefined) throw new FsError("ENOENT", path);
    return { seen: pathOf(steps, depth), host: pathOf(steps) };
  }
}

function makeVolumePoint(mount: Mount, volume: Tree): MountPoint {
  return makePoint(mount, volume, { dev: volume.dev });
}

function makePoint(
  mount: Mount,
  volume: Tree,
  rest: { dev: number; top?: number; lower?: MountPoint },
): MountPoint {
  return { mount, volume, top: rest.top ?? 2, dev: rest.dev, lower: rest.lower, covers: new Map() };
}
