/** A picture of everything that lasts on a machine, to compare before and after. */
import { createHash } from "node:crypto";
import type { Machine } from "./contract.js";
import type { MemoryFileSystem } from "./kernel/files.js";
import type { Walked } from "./kernel/walk.js";

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
  const all = (machine.files as MemoryFileSystem).walk("/", { crossMounts: true });
  for (const walked of all) {
    const { path } = walked;
    if (!left.some((folder) => path.startsWith(`${folder}/`))) files[path] = describe(walked);
  }
  return files;
}

function describe({ path, stat, stored }: Walked): string {
  const mode = stat.mode.toString(8).padStart(4, "0");
  const parts = [stat.type, mode, `${stat.uid}:${stat.gid}`, [...stat.flags].sort().join(",")];
  if (stat.target !== undefined) parts.push(`-> ${stat.target}`);
  if (stored !== undefined && !path.startsWith(KEYS)) parts.push(digestOf(stored, stat.size));
  return parts.join(" ");
}

/** Of bytes whose digest is known: most files are the same in many pictures. */
const known = new WeakMap<Buffer, { length: number; size: number; digest: string }>();

/** Of the content. Zeros at its end only count: they may be a hole, and many gigabytes. */
function digestOf(stored: NonNullable<Walked["stored"]>, size: number): string {
  const last = known.get(stored.bytes);
  // Bytes are never changed in place, but what is appended may lie behind them in the same buffer.
  if (last?.length === stored.length && last.size === size) return last.digest;
  const digest = computeDigest(stored.bytes.subarray(0, stored.length), size);
  known.set(stored.bytes, { length: stored.length, size, digest });
  return digest;
}

function computeDigest(stored: Buffer, size: number): string {
  let length = stored.length;
  while (length > 0 && stored[length - 1] === 0) length--;
  const digest = createHash("sha256").update(stored.subarray(0, length));
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
