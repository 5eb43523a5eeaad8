import type { Dataset, Machine } from "../../contract.js";
import { chargeOf } from "../inode.js";
import { childrenOf, clonesOf, holdsFiles, snapshotsOf, volumeOf } from "./datasets.js";
import { parentOf, poolOf } from "./names.js";
import { type Inodes, inodesOf, unsharedBytes } from "./trees.js";

/** What an empty file system takes for itself. */
const OWN = 24576;
/** What a pool keeps back: a part of its size that no dataset can use. */
const RESERVED_PART = 32;

/** What a dataset takes of its pool, part by part, in bytes. */
export interface Space {
  referenced: number;
  used: number;
  byDataset: number;
  bySnapshots: number;
  byChildren: number;
  byReservation: number;
  available: number;
  /** Written since the latest snapshot. */
  written: number;
}

/** Computes space for the time of one command: nothing may change meanwhile. */
export class SpaceTable {
  private readonly used = new Map<Dataset, number>();
  private readonly inodes = new Map<Dataset, Inodes>();

  constructor(private readonly machine: Machine) {}

  /** All figures of a file system, volume or snapshot. */
  of(dataset: Dataset): Space {
    if (dataset.type === "snapshot") return this.ofSnapshot(dataset);
    return {
      referenced: this.referenced(dataset),
      used: this.usedBy(dataset),
      byDataset: this.byDataset(dataset),
      bySnapshots: this.bySnapshots(dataset),
      byChildren: this.byChildren(dataset),
      byReservation: this.byReservation(dataset),
      available: this.available(dataset),
      written: this.written(dataset),
    };
  }

  /** Bytes that a dataset with everything below it takes. */
  usedBy(dataset: Dataset): number {
    const known = this.used.get(dataset);
    if (known !== undefined) return known;
    const own = this.byDataset(dataset) + this.bySnapshots(dataset);
    const used = own + this.byChildren(dataset) + this.byReservation(dataset);
    this.used.set(dataset, used);
    return used;
  }

  /** Bytes that still fit: what the pool has left, and less where a quota is nearer. */
  available(dataset: Dataset): number {
    return Math.max(0, this.room(dataset));
  }

  /** As `available`, but negative where more is taken than is allowed. */
  room(dataset: Dataset): number {
    const pool = this.machine.pools.get(poolOf(dataset.name));
    const root = this.machine.datasets.get(poolOf(dataset.name));
    if (!pool || !root) return 0;
    let room = pool.size - Math.floor(pool.size / RESERVED_PART) - this.usedBy(root);
    for (let at: Dataset | undefined = dataset; at; at = this.parent(at)) {
      const quota = Number(at.properties.get("quota") ?? 0);
      if (quota > 0) room = Math.min(room, quota - this.usedBy(at));
    }
    const own = Number(dataset.properties.get("refquota") ?? 0);
    if (own > 0) room = Math.min(room, own - this.referenced(dataset));
    return room;
  }

  private parent(dataset: Dataset): Dataset | undefined {
    const name = parentOf(dataset.name);
    return name === undefined ? undefined : this.machine.datasets.get(name);
  }

  private referenced(dataset: Dataset): number {
    return OWN + (holdsFiles(dataset) ? volumeOf(dataset).used : 0);
  }

  private contents(dataset: Dataset): Inodes {
    const known = this.inodes.get(dataset) ?? inodesOf(dataset);
    this.inodes.set(dataset, known);
    return known;
  }

  private origin(dataset: Dataset): Dataset | undefined {
    return dataset.origin === undefined ? undefined : this.machine.datasets.get(dataset.origin);
  }

  private byDataset(dataset: Dataset): number {
    const origin = this.origin(dataset);
    if (!origin) return this.referenced(dataset);
    return unsharedBytes(this.contents(dataset), [this.contents(origin)]);
  }

  private bySnapshots(dataset: Dataset): number {
    const snapshots = snapshotsOf(this.machine, dataset);
    if (snapshots.length === 0) return 0;
    const origin = this.origin(dataset);
    const counted: Inodes[] = [this.contents(dataset)];
    if (origin) counted.push(this.contents(origin));
    let bytes = 0;
    for (const snapshot of snapshots) {
      bytes += unsharedBytes(this.contents(snapshot), counted);
      counted.push(this.contents(snapshot));
    }
    return bytes;
  }

  private byChildren(dataset: Dataset): number {
    return childrenOf(this.machine, dataset).reduce((sum, child) => sum + this.usedBy(child), 0);
  }

  private byReservation(dataset: Dataset): number {
    const reserved = Number(dataset.properties.get("refreservation") ?? 0);
    return Math.max(0, reserved - this.byDataset(dataset));
  }

  private written(dataset: Dataset): number {
    const latest = snapshotsOf(this.machine, dataset).at(-1) ?? this.origin(dataset);
    if (!latest) return this.referenced(dataset);
    return unsharedBytes(this.contents(dataset), [this.contents(latest)]);
  }

  private ofSnapshot(snapshot: Dataset): Space {
    const nothing = { bySnapshots: 0, byChildren: 0, byReservation: 0, available: 0 };
    const neighbours = this.neighbours(snapshot).map((other) => this.contents(other));
    const used = unsharedBytes(this.contents(snapshot), neighbours);
    const before = this.before(snapshot);
    const mine = this.contents(snapshot);
    const written = before ? unsharedBytes(mine, [this.contents(before)]) : sum(mine) + OWN;
    return { ...nothing, referenced: this.referenced(snapshot), used, byDataset: used, written };
  }

  private before(snapshot: Dataset): Dataset | undefined {
    const of = this.parent(snapshot);
    if (!of) return undefined;
    const all = snapshotsOf(this.machine, of);
    return all[all.indexOf(snapshot) - 1] ?? this.origin(of);
  }

  private neighbours(snapshot: Dataset): Dataset[] {
    const of = this.parent(snapshot);
    if (!of) return [];
    const all = snapshotsOf(this.machine, of);
    const after = all[all.indexOf(snapshot) + 1] ?? of;
    const before = this.before(snapshot);
    return [after, ...(before ? [before] : []), ...clonesOf(this.machine, snapshot)];
  }
}

function sum(inodes: Inodes): number {
  let bytes = 0;
  for (const inode of inodes.values()) bytes += chargeOf(inode);
  return bytes;
}

/**
 * Puts quotas into force: a volume of files takes what is left under the nearest quota. Done after
 * every change of datasets, so two datasets that fill one quota between two commands may overshoot.
 */
export function enforceQuotas(machine: Machine): void {
  const space = new SpaceTable(machine);
  for (const dataset of machine.datasets.values()) {
    if (dataset.type !== "filesystem" || !holdsFiles(dataset)) continue;
    const volume = volumeOf(dataset);
    if (!isLimited(machine, dataset)) {
      if (volume.quota) volume.capacity = Number.POSITIVE_INFINITY;
      volume.quota = false;
      continue;
    }
    // ZFS lets a file system run over by what it takes for itself before it refuses writes.
    volume.capacity = volume.used + Math.max(0, space.room(dataset) + OWN);
    volume.quota = true;
  }
}

function isLimited(machine: Machine, dataset: Dataset): boolean {
  if (Number(dataset.properties.get("refquota") ?? 0) > 0) return true;
  for (let name: string | undefined = dataset.name; name !== undefined; name = parentOf(name)) {
    if (Number(machine.datasets.get(name)?.properties.get("quota") ?? 0) > 0) return true;
  }
  return false;
}
