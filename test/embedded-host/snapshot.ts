/** A picture of everything that lasts on a machine, to compare before and after. */
import { createHash } from "node:crypto";
import type { Machine } from "./contract.js";
import type { MemoryFileSystem } from "./kernel/files.js";
import type { Inode } from "./kernel/inode.js";

export interface HostState {
  /** By path: type, mode, owner, flags, link target and digest of the content. */
  readonly files: Readonly<Record<string, string>>;
  readonly mounts: readonly string[];
  readonly jails: readonly string[];
  readonly interfaces: readonly string[];
  readonly datasets: readonly string[];
  readonly limits: readonly string[];
}

export interface SnapshotOptions {
  /** Also looks at these, which are left out otherwise: "/var/log", "/var/run", "/tmp". */
  include?: readonly string[];
}

const VOLATILE = ["/var/log", "/var/run", "/tmp"];
/** Each host has keys of its own: what they are is no part of the picture. */
const KEYS = "/etc/ssh/ssh_host_";

/** Takes the picture. Locks, processes and running times are no part of it. */
export function takeSnapshot(machine: Machine, options: SnapshotOptions = {}): HostState {
  const left = VOLATILE.filter((path) => !options.include?.includes(path));
  return {
    files: filesOf(machine, left),
    mounts: machine.files.mounts.map(
      ({ from, on, type, options: shown }) => `${from} ${on} ${type} ${shown.join(",")}`,
    ),
    jails: [...machine.jails.values()]
      .filter(({ dying }) => !dying)
      .map(
        ({ name, path, parameters }) => `${name} ${path} ${JSON.stringify([...parameters].sort())}`,
      )
      .sort(),
    interfaces: [...machine.interfaces.values()]
      .map((one) => JSON.stringify({ ...one, flags: [...one.flags].sort() }))
      .sort(),
    datasets: [...machine.datasets.values()]
      .map(({ name, type, properties, origin, mounted }) =>
        JSON.stringify([name, type, origin, mounted, [...properties].sort()]),
      )
      .sort(),
    limits: [...machine.limits].sort(),
  };
}

function filesOf(machine: Machine, left: readonly string[]): Record<string, string> {
  const files: Record<string, string> = {};
  const folders = left.map((folder) => `${folder}/`);
  for (const { path, inode } of (machine.files as MemoryFileSystem).meetAll("/")) {
    if (!folders.some((folder) => path.startsWith(folder))) files[path] = describe(path, inode);
  }
  return files;
}

/** What is shown of an inode. */
type Shown = Pick<Inode, "mode" | "uid" | "gid" | "flags" | "data" | "length" | "size">;

/** Inodes and their texts: most files are the same in many pictures. */
const described = new WeakMap<Readonly<Inode>, Shown & { text: string }>();

function describe(path: string, inode: Readonly<Inode>): string {
  const last = described.get(inode);
  if (last !== undefined && isSame(last, inode)) return last.text;
  const { type, mode, uid, gid, flags, data, length, size } = inode;
  const permissions = mode.toString(8).padStart(4, "0");
  const parts = [type, permissions, `${uid}:${gid}`, [...flags].sort().join(",")];
  if (type === "symlink") parts.push(`-> ${inode.target}`);
  if (type === "file" && !path.startsWith(KEYS)) parts.push(digestOf(data, length, size));
  const text = parts.join(" ");
  described.set(inode, { mode, uid, gid, flags, data, length, size, text });
  return text;
}

/** Bytes are never changed in place; what is appended may lie behind them in the same buffer. */
const isSame = (one: Shown, other: Shown): boolean =>
  one.mode === other.mode &&
  one.uid === other.uid &&
  one.gid === other.gid &&
  one.flags === other.flags &&
  one.data === other.data &&
  one.length === other.length &&
  one.size === other.size;

/** Of the content. Zeros at its end only count: they may be a hole, and many gigabytes. */
function digestOf(data: Buffer, stored: number, size: number): string {
  let length = stored;
  while (length > 0 && data[length - 1] === 0) length--;
  const digest = createHash("sha256").update(data.subarray(0, length));
  if (length < size) digest.update(`\0${size}`);
  return digest.digest("hex").slice(0, 16);
}

/** What differs between two pictures, one line each; nothing when they are equal. */
export function compareSnapshots(before: HostState, after: HostState): string[] {
  const differences: string[] = [];
  const changed = (path: string) => before.files[path] !== after.files[path];
  const left = Object.keys(before.files).filter(changed);
  const added = Object.keys(after.files).filter((path) => before.files[path] === undefined);
  for (const path of [...left, ...added].sort()) {
    const [one, other] = [before.files[path], after.files[path]];
    if (one === undefined) differences.push(`+ ${path} ${other}`);
    else
      differences.push(other === undefined ? `- ${path} ${one}` : `~ ${path} ${one} => ${other}`);
  }
  for (const part of ["mounts", "jails", "interfaces", "datasets", "limits"] as const) {
    for (const one of before[part])
      if (!after[part].includes(one)) differences.push(`- ${part}: ${one}`);
    for (const one of after[part])
      if (!before[part].includes(one)) differences.push(`+ ${part}: ${one}`);
  }
  return differences;
}
