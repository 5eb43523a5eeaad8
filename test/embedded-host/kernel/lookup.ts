import { FsError, type Mount, type Where } from "../contract.js";
import type { Inode } from "./inode.js";
import { allows, execute } from "./permissions.js";
import type { Tree } from "./tree.js";

/** A mounted tree: a whole volume, or a part of one that is mounted elsewhere, too (nullfs). */
export interface MountPoint {
  mount: Mount;
  volume: Tree;
  /** The directory of the volume that appears at the mount point. */
  top: number;
  dev: number;
  /** The mount that a nullfs mount looks through: when that is read-only, so is this one. */
  lower?: MountPoint;
  /** Mounts over directories of this tree, by inode number. */
  covers: Map<number, MountPoint>;
  /** What this mount lies over. Absent for the root. */
  over?: Place;
}

/** A file as it is reached: through which mount, and which inode. */
export interface Place {
  at: MountPoint;
  ino: number;
}

/** One step of a path that was walked. */
export interface Step extends Place {
  name: string;
}

export interface Resolution {
  /** From the root of the host to the file found, or to the directory where `missing` would be. */
  steps: Step[];
  /** How many of the steps lie at or above `where.root`. */
  depth: number;
  /** The last name, when there is no such file. */
  missing?: string;
  /** The path ended with a slash: only a directory will do. */
  slash: boolean;
}

const maxLinks = 32;

/** The inode at a place. */
export function inodeAt(place: Place): Readonly<Inode> {
  const inode = place.at.volume.get(place.ino);
  if (!inode) throw new FsError("ENOENT");
  return inode;
}

/** The last step: the file that was found. */
export function found(resolution: Resolution): Step {
  return resolution.steps[resolution.steps.length - 1] as Step;
}

/** The directory that holds what was found; undefined for the root of the host. */
export function holder(resolution: Resolution): Step | undefined {
  return resolution.steps[resolution.steps.length - 2];
}

/** Walks a path as namei(9): links, "..", mounts and permissions on the way. */
export function resolve(
  root: MountPoint,
  where: Where,
  path: string,
  options: { follow?: boolean } = {},
): Resolution {
  if (path === "") throw new FsError("ENOENT", path);
  const walk = new Walk(root, where, path);
  if (where.root !== "/") walk.start(where.root);
  walk.confine();
  if (!path.startsWith("/") && where.cwd !== "/") walk.start(where.cwd);
  const slash = path.length > 1 && path.endsWith("/");
  const missing = walk.go(path, options.follow !== false || slash);
  return { steps: walk.steps, depth: walk.depth, missing, slash };
}

class Walk {
  readonly steps: Step[];
  depth = 1;
  private links = 0;
  /** Root and working directory are held open: whoever is there needs no permission to get there. */
  private checked = false;

  constructor(
    root: MountPoint,
    private readonly where: Where,
    private readonly path: string,
  ) {
    this.steps = [enter({ at: root, ino: root.top }, "")];
  }

  /** What is walked from now on stays below the present directory. */
  confine(): void {
    this.depth = this.steps.length;
  }

  /** Walks to the root or working directory of the process. */
  start(path: string): void {
    if (this.walk(path, true) !== undefined) throw new FsError("ENOENT", this.path);
  }

  /** Returns the last name when it does not exist; any other missing name is an error. */
  go(path: string, followLast: boolean): string | undefined {
    this.checked = true;
    return this.walk(path, followLast);
  }

  private walk(path: string, followLast: boolean): string | undefined {
    let names = split(path);
    if (path.startsWith("/")) this.steps.length = this.depth;
    for (let at = 0; at < names.length; at += 1) {
      const name = names[at] as string;
      const last = at === names.length - 1;
      const target = this.step(name, !last || followLast);
      if (target === undefined) {
        if (last) return name;
        throw new FsError("ENOENT", this.path);
      }
      if (target === "") continue;
      names = [...this.followLink(target), ...names.slice(at + 1)];
      at = -1;
    }
    return undefined;
  }

  /** Goes to a name. Gives the target of a link that is to be followed, else ""; undefined when there is no such file. */
  private step(name: string, follow: boolean): string | undefined {
    const here = this.steps[this.steps.length - 1] as Step;
    const directory = inodeAt(here);
    if (directory.type !== "directory") throw new FsError("ENOTDIR", this.path);
    if (this.checked && !allows(directory, this.where, execute))
      throw new FsError("EACCES", this.path);
    if (name === ".") return "";
    if (name === "..") {
      if (this.steps.length > this.depth) this.steps.pop();
      return "";
    }
    if (name.length > 63 && Buffer.byteLength(name) > 255)
      throw new FsError("ENAMETOOLONG", this.path);
    const ino = here.at.volume.reach(here.ino, name);
    if (ino === undefined) return undefined;
    const next = enter({ at: here.at, ino }, name);
    const inode = inodeAt(next);
    if (inode.type === "symlink" && follow) return inode.target;
    this.steps.push(next);
    return "";
  }

  private followLink(target: string): readonly string[] {
    this.links += 1;
    if (this.links > maxLinks) throw new FsError("ELOOP", this.path);
    if (target.startsWith("/")) this.steps.length = this.depth;
    return split(target);
  }
}

/** Names of paths that were walked: mostly it is the same ones again. */
const splits = new Map<string, readonly string[]>();
const mostSplits = 20_000;

function split(path: string): readonly string[] {
  const known = splits.get(path);
  if (known !== undefined) return known;
  const names = path.split("/").filter((name) => name !== "");
  if (splits.size >= mostSplits) splits.clear();
  splits.set(path, names);
  return names;
}

/** Steps through all mounts that lie over a place. */
function enter(place: Place, name: string): Step {
  let { at, ino } = place;
  for (let cover = at.covers.get(ino); cover; cover = at.covers.get(ino)) {
    at = cover;
    ino = cover.top;
  }
  return { at, ino, name };
}

/** The path of steps as seen from a root that the first `depth` of them make up. */
export function pathOf(steps: readonly Step[], depth = 1): string {
  return (
    "/" +
    steps
      .slice(depth)
      .map((step) => step.name)
      .join("/")
  );
}

/** A mount that is read-only itself or shows a read-only one. */
export function isReadOnly(at: MountPoint): boolean {
  return at.mount.options.includes("ro") || (at.lower !== undefined && isReadOnly(at.lower));
}
