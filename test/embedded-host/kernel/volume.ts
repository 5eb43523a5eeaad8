import { FsError } from "../contract.js";
import { chargeOf, copyInode, type Inode, type InodeFields, makeInode, rootIno } from "./inode.js";
import { type Tree, whiteoutIno } from "./tree.js";

/** Inodes that several volumes share and that therefore never change again. */
interface Layer {
  nodes: Map<number, Inode>;
  base?: Layer;
  depth: number;
}

/** Beyond this many layers a lookup would cost more than one copy of the table of inodes. */
const maxDepth = 12;

/**
 * A file system of its own: a table of inodes. A copy (snapshot, clone) shares all inodes of the
 * moment in a frozen layer below both; each side copies an inode when it changes it. Taking a copy
 * is thus independent of the number of files.
 */
export class MemoryVolume implements Tree {
  capacity = Number.POSITIVE_INFINITY;
  quota?: boolean;
  /** Bytes that the files take. */
  used = 0;
  private own = new Map<number, Inode>();
  private base?: Layer;
  private nextIno = rootIno;

  constructor(
    readonly dev: number,
    root?: InodeFields,
  ) {
    if (root) this.create(root);
  }

  /** The inode to look at. It must not be changed: see `edit`. */
  get(ino: number): Readonly<Inode> | undefined {
    const mine = this.own.get(ino);
    if (mine) return mine;
    for (let layer = this.base; layer; layer = layer.base) {
      const shared = layer.nodes.get(ino);
      if (shared) return shared;
    }
    return undefined;
  }

  /** The inode to change: this volume's own copy. */
  edit(ino: number): Inode {
    const mine = this.own.get(ino);
    if (mine) return mine;
    const shared = this.get(ino);
    if (!shared) throw new FsError("ENOENT");
    const copy = copyInode(shared);
    this.own.set(ino, copy);
    return copy;
  }

  /** A new inode; it counts against the capacity. */
  create(fields: InodeFields): Inode {
    const inode = makeInode(this.nextIno, fields);
    const charge = chargeOf(inode);
    if (this.fullFor(charge)) throw new FsError(this.fullError());
    this.nextIno += 1;
    this.used += charge;
    this.own.set(inode.ino, inode);
    return inode;
  }

  lookup(directory: number, name: string): number | undefined {
    const ino = this.get(directory)?.entries.get(name);
    return ino === whiteoutIno ? undefined : ino;
  }

  reach(directory: number, name: string): number | undefined {
    return this.lookup(directory, name);
  }

  /** What takes the place of a whiteout shows nothing of a lower layer: it is opaque. */
  enter(directory: number, name: string, ino: number): void {
    const { entries } = this.edit(directory);
    const hidden = entries.get(name) === whiteoutIno && ino !== whiteoutIno;
    entries.set(name, ino);
    if (hidden) this.edit(ino).flags = new Set([...this.edit(ino).flags, "opaque"]);
  }

  leave(directory: number, name: string): void {
    this.edit(directory).entries.delete(name);
  }

  unlink(ino: number, links: number): void {
    const inode = this.edit(ino);
    inode.nlink -= links;
    if (inode.nlink <= 0) this.drop(inode);
  }

  whiteouts(directory: number): string[] {
    const entries = this.get(directory)?.entries ?? new Map<string, number>();
    return [...entries].flatMap(([name, ino]) => (ino === whiteoutIno ? [name] : []));
  }

  /** Gives the space of an inode without links back. Shared layers still hold it: it is marked here. */
  drop(inode: Readonly<Inode>): void {
    this.used -= chargeOf(inode);
    if (this.base)
      this.own.set(inode.ino, { ...makeInode(inode.ino, inode), entries: new Map(), nlink: 0 });
    else this.own.delete(inode.ino);
  }

  /** True while a file has a name. */
  has(ino: number): boolean {
    return (this.get(ino)?.nlink ?? 0) > 0;
  }

  /** How many more bytes fit. */
  free(): number {
    return Math.max(0, this.capacity - this.used);
  }

  /** True when `bytes` more do not fit; over a quota not even a file without content does. */
  fullFor(bytes: number): boolean {
    if (this.capacity === Number.POSITIVE_INFINITY) return false;
    return this.used + bytes > this.capacity || (!!this.quota && this.used >= this.capacity);
  }

  fullError(): "EDQUOT" | "ENOSPC" {
    return this.quota ? "EDQUOT" : "ENOSPC";
  }

  /** A copy-on-write copy. */
  fork(dev: number): MemoryVolume {
    const copy = new MemoryVolume(dev);
    copy.capacity = this.capacity;
    copy.quota = this.quota;
    copy.share(this);
    return copy;
  }

  /** Puts the content of another volume in the place of this one's. */
  share(from: MemoryVolume): void {
    this.base = from.freeze();
    this.own = new Map();
    this.nextIno = Math.max(this.nextIno, from.nextIno);
    this.used = from.used;
  }

  /** Keeps the present content; the answer brings it back, as often as wanted. */
  remember(): () => void {
    const base = this.freeze();
    const { capacity, quota, used, nextIno } = this;
    return () => {
      Object.assign(this, { capacity, quota, used, nextIno, base, own: new Map() });
    };
  }

  private freeze(): Layer | undefined {
    if (this.own.size === 0) return this.base;
    const below = this.base;
    const deep = (below?.depth ?? 0) >= maxDepth;
    const nodes = deep ? new Map([...flatten(below), ...this.own]) : this.own;
    const layer: Layer = deep
      ? { nodes, depth: 1 }
      : { nodes, base: below, depth: (below?.depth ?? 0) + 1 };
    this.base = layer;
    this.own = new Map();
    return layer;
  }
}

function flatten(layer: Layer | undefined): Map<number, Inode> {
  const all = new Map<number, Inode>();
  for (let at = layer; at; at = at.base) {
    for (const [ino, inode] of at.nodes) if (!all.has(ino)) all.set(ino, inode);
  }
  return all;
}
