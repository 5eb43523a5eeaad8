/** A file of a union: in the upper layer, in the lower one, or a directory in both. */
export interface UnionNode {
  readonly ino: number;
  /** Its inode in the upper layer. */
  upper?: number;
  /** Its inode in the lower layer, as long as that shows through. */
  lower?: number;
  /** The directory and name under which it was found. */
  parent: number;
  name: string;
}

/** Numbers of a union's files. A file keeps its number when it is copied up. */
export class UnionNodes {
  private readonly nodes = new Map<number, UnionNode>();
  private readonly byUpper = new Map<number, UnionNode>();
  private readonly byPlace = new Map<string, UnionNode>();
  private next: number;

  constructor(root: UnionNode) {
    this.next = root.ino + 1;
    this.nodes.set(root.ino, root);
    if (root.upper !== undefined) this.byUpper.set(root.upper, root);
  }

  get(ino: number): UnionNode | undefined {
    return this.nodes.get(ino);
  }

  /** The node of a pair of inodes that a name leads to. */
  of(
    parent: number,
    name: string,
    upper: number | undefined,
    lower: number | undefined,
  ): UnionNode {
    const known =
      (upper === undefined ? undefined : this.byUpper.get(upper)) ??
      this.ofLower(parent, name, upper, lower);
    const node = known ?? this.add({ ino: this.next, parent, name });
    Object.assign(node, { parent, name, lower });
    if (upper === undefined) this.byPlace.set(`${parent}/${name}`, node);
    else this.raise(node, upper);
    return node;
  }

  /** Notes that a file is in the upper layer from now on. */
  raise(node: UnionNode, upper: number): void {
    node.upper = upper;
    this.byUpper.set(upper, node);
  }

  /** A file of the lower layer that was found under this name before, also when it has been copied up since. */
  private ofLower(
    parent: number,
    name: string,
    upper: number | undefined,
    lower: number | undefined,
  ): UnionNode | undefined {
    const node = this.byPlace.get(`${parent}/${name}`);
    if (node === undefined || lower === undefined || node.lower !== lower) return undefined;
    return node.upper === undefined || node.upper === upper ? node : undefined;
  }

  private add(node: UnionNode): UnionNode {
    this.next += 1;
    this.nodes.set(node.ino, node);
    return node;
  }
}
