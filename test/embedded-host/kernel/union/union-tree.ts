import { FsError } from "../../contract.js";
import { type Inode, type InodeFields, rootIno } from "../inode.js";
import { type Leaving, type Tree, whiteoutIno } from "../tree.js";
import { copyUp, shadow } from "./copy-up.js";
import { type UnionNode, UnionNodes } from "./nodes.js";

/** A directory of a file system: what a layer of a union is. */
export interface LayerRoot {
  readonly volume: Tree;
  readonly ino: number;
}

export interface UnionOptions {
  readonly dev: number;
  readonly upper: LayerRoot;
  readonly lower: LayerRoot;
  /** Whether every removal leaves a whiteout, also where nothing would show through; the default of unionfs. */
  readonly alwaysWhiteout: boolean;
  /** Whether the upper file system knows whiteouts: UFS and tmpfs do, ZFS does not. */
  readonly knowsWhiteouts: boolean;
  /** False while the union is mounted read-only. */
  writable(): boolean;
}

/**
 * unionfs(4): two directories as one. What is changed is changed in the upper one: a file is copied there first, a
 * directory of the lower one gets a shadow there as soon as somebody looks it up, and what is removed leaves a whiteout.
 */
export class UnionTree implements Tree {
  readonly dev: number;
  private readonly upper: Tree;
  private readonly lower: Tree;
  private readonly nodes: UnionNodes;

  constructor(private readonly options: UnionOptions) {
    this.dev = options.dev;
    this.upper = options.upper.volume;
    this.lower = options.lower.volume;
    const [upper, lower] = [options.upper.ino, options.lower.ino];
    this.nodes = new UnionNodes({ ino: rootIno, upper, lower, parent: rootIno, name: "" });
  }

  get(ino: number): Readonly<Inode> | undefined {
    const node = this.nodes.get(ino);
    const inode = node && this.inodeOf(node);
    if (!node || !inode) return undefined;
    const entries = { get: () => this.entriesOf(node) };
    // A view: everything but number and names is what the layer's inode says.
    return Object.create(inode, { ino: { value: ino }, entries }) as Inode;
  }

  edit(ino: number): Inode {
    const node = this.node(ino);
    return this.view(node, this.upper.edit(this.raise(node)));
  }

  create(fields: InodeFields): Inode {
    const inode = this.upper.create(fields);
    return this.view(this.nodes.of(rootIno, "", inode.ino, undefined), inode);
  }

  lookup(directory: number, name: string): number | undefined {
    const found = this.find(this.node(directory), name);
    return found && this.nodes.of(directory, name, found.upper, found.lower).ino;
  }

  reach(directory: number, name: string): number | undefined {
    const ino = this.lookup(directory, name);
    const node = ino === undefined ? undefined : this.node(ino);
    if (node === undefined) return undefined;
    const shadowless = node.upper === undefined && this.inodeOf(node)?.type === "directory";
    if (shadowless && this.options.writable()) this.raise(node);
    return node.ino;
  }

  enter(directory: number, name: string, ino: number): void {
    const parent = this.node(directory);
    const upper = this.raise(this.node(ino));
    const opaque = this.upper.get(this.raise(parent))?.flags.has("opaque") === true;
    this.upper.enter(this.raise(parent), name, upper);
    const inode = this.upper.get(upper);
    if (opaque && inode?.type === "directory") {
      this.upper.edit(upper).flags = new Set([...inode.flags, "opaque"]);
    }
    const lower = inode?.type === "directory" ? this.lowerOf(parent, name) : undefined;
    this.nodes.of(directory, name, upper, inode?.flags.has("opaque") ? undefined : lower);
  }

  leave(directory: number, name: string, why: Leaving): void {
    const parent = this.node(directory);
    const upper = this.raise(parent);
    const covers = this.lowerOf(parent, name) !== undefined;
    const needed = covers || (why === "removed" && this.options.alwaysWhiteout);
    const there = this.upper.lookup(upper, name) !== undefined;
    if (!there && !this.options.knowsWhiteouts) throw new FsError("EOPNOTSUPP");
    if (there) this.upper.leave(upper, name, why);
    if (needed && this.options.knowsWhiteouts) this.upper.enter(upper, name, whiteoutIno);
  }

  unlink(ino: number, links: number): void {
    const { upper } = this.node(ino);
    // A file of the lower layer is only hidden.
    if (upper !== undefined) this.upper.unlink(upper, links);
  }

  whiteouts(directory: number): string[] {
    const { upper } = this.node(directory);
    return upper === undefined ? [] : this.upper.whiteouts(upper);
  }

  has(ino: number): boolean {
    const node = this.nodes.get(ino);
    if (node?.upper !== undefined) return this.upper.has(node.upper);
    return node?.lower !== undefined && this.lower.has(node.lower);
  }

  get used(): number {
    return this.upper.used;
  }
  set used(bytes: number) {
    this.upper.used = bytes;
  }
  get capacity(): number {
    return this.upper.capacity;
  }
  get quota(): boolean | undefined {
    return this.upper.quota;
  }
  free(): number {
    return this.upper.free();
  }
  fullFor(bytes: number): boolean {
    return this.upper.fullFor(bytes);
  }
  fullError(): "EDQUOT" | "ENOSPC" {
    return this.upper.fullError();
  }

  private node(ino: number): UnionNode {
    const node = this.nodes.get(ino);
    if (!node) throw new FsError("ENOENT");
    return node;
  }

  private inodeOf(node: UnionNode): Readonly<Inode> | undefined {
    if (node.upper !== undefined) return this.upper.get(node.upper);
    return node.lower === undefined ? undefined : this.lower.get(node.lower);
  }

  /** An inode of the upper layer under the number of the union; changes go to the inode itself. */
  private view(node: UnionNode, inode: Inode): Inode {
    return new Proxy(inode, {
      get: (target, key) => {
        if (key === "ino") return node.ino;
        return key === "entries" ? this.entriesOf(node) : Reflect.get(target, key);
      },
    });
  }

  private find(parent: UnionNode, name: string): { upper?: number; lower?: number } | undefined {
    const upper = parent.upper === undefined ? undefined : this.upper.lookup(parent.upper, name);
    const lower = this.lowerOf(parent, name);
    if (upper === undefined) return this.isHidden(parent, name) || !lower ? undefined : { lower };
    const both = this.upper.get(upper)?.type === "directory" && lower !== undefined;
    const merged = both && this.lower.get(lower)?.type === "directory";
    const opaque = this.upper.get(upper)?.flags.has("opaque") === true;
    return { upper, lower: merged && !opaque ? lower : undefined };
  }

  private isHidden(parent: UnionNode, name: string): boolean {
    return parent.upper !== undefined && this.upper.whiteouts(parent.upper).includes(name);
  }

  private lowerOf(parent: UnionNode, name: string): number | undefined {
    return parent.lower === undefined ? undefined : this.lower.lookup(parent.lower, name);
  }

  /** Names of the upper directory, then those of the lower one that show through. */
  private entriesOf(node: UnionNode): Map<string, number> {
    const entries = new Map<string, number>();
    const add = (name: string) => {
      const found = entries.has(name) ? undefined : this.find(node, name);
      if (found) entries.set(name, this.nodes.of(node.ino, name, found.upper, found.lower).ino);
    };
    const upper = node.upper === undefined ? undefined : this.upper.get(node.upper);
    for (const name of upper?.entries.keys() ?? []) add(name);
    const lower = node.lower === undefined ? undefined : this.lower.get(node.lower);
    for (const name of lower?.entries.keys() ?? []) add(name);
    return entries;
  }

  /** Brings a file into the upper layer, and before it the directories that it lies in. */
  private raise(node: UnionNode): number {
    if (node.upper !== undefined) return node.upper;
    const lower = this.lower.get(node.lower as number);
    if (!lower) throw new FsError("ENOENT");
    const into = { volume: this.upper, directory: this.raise(this.node(node.parent)) };
    const copy = lower.type === "directory" ? shadow : copyUp;
    this.nodes.raise(node, copy(lower, node.name, into));
    return node.upper as unknown as number;
  }
}
