import type { Dataset, Machine, Volume } from "../../contract.js";
import { sideTable } from "../side-tables.js";
import { MemoryVolume } from "../volume.js";
import { ZfsError } from "./errors.js";
import { isBelow, parentOf } from "./names.js";

/** What the kernel knows of a dataset beyond the contract. */
export interface DatasetDetails {
  /** Milliseconds since the epoch. */
  created: number;
  /** Transaction group of the creation: orders snapshots. */
  txg: number;
  objset: number;
  /** Names of local properties that came with a stream. */
  received: Set<string>;
  /** What an interrupted `zfs recv -s` has got so far. */
  partial?: Buffer;
  /** True when the dataset exists only to hold `partial`. */
  incomplete?: boolean;
}

const details = sideTable<Dataset, DatasetDetails>();
const counters = sideTable<Machine, { txg: number; objset: number }>();

function counterOf(machine: Machine) {
  const known = counters.get(machine);
  if (known) return known;
  const fresh = { txg: 4, objset: 53 };
  counters.set(machine, fresh);
  return fresh;
}

/** The kernel's own record of a dataset. */
export function detailsOf(dataset: Dataset): DatasetDetails {
  const known = details.get(dataset);
  if (!known) throw new Error(`dataset ${dataset.name} was not made by addDataset`);
  return known;
}

/** A guid that no dataset has: 64 random bits. */
function newGuid(machine: Machine): string {
  const half = () => BigInt(Math.floor(machine.random() * 0x1_0000_0000));
  return ((half() << 32n) | half()).toString();
}

/** Enters a dataset into the machine. */
export function addDataset(
  machine: Machine,
  fields: Pick<Dataset, "name" | "type"> & Partial<Dataset>,
): Dataset {
  const counter = counterOf(machine);
  counter.txg += 1;
  counter.objset += 1;
  const dataset: Dataset = {
    properties: new Map(),
    guid: newGuid(machine),
    mounted: false,
    ...fields,
  };
  details.set(dataset, {
    created: machine.now(),
    txg: counter.txg,
    objset: counter.objset,
    received: new Set(),
  });
  machine.datasets.set(dataset.name, dataset);
  return dataset;
}

/** Gives a dataset another name in the machine's table. */
export function moveDataset(machine: Machine, dataset: Dataset, name: string): void {
  machine.datasets.delete(dataset.name);
  for (const other of machine.datasets.values()) {
    if (other.origin === dataset.name) other.origin = name;
  }
  dataset.name = name;
  machine.datasets.set(name, dataset);
}

/** ZFS looks into volumes below the level of paths: it needs the inodes themselves. */
export function memoryVolume(volume: Volume | undefined): MemoryVolume {
  if (volume instanceof MemoryVolume) return volume;
  throw new Error("a volume of this machine's file system was expected");
}

/** The volume of a file system or of a snapshot of one. */
export function volumeOf(dataset: Dataset): MemoryVolume {
  return memoryVolume(dataset.volume);
}

/** True for what holds files: a file system or a snapshot of one. */
export function holdsFiles(dataset: Dataset): boolean {
  return dataset.volume !== undefined;
}

/** The dataset of that name and type. Throws what zfs_open(3) writes. */
export function openDataset(
  machine: Machine,
  name: string,
  types: readonly Dataset["type"][] = ["filesystem", "volume", "snapshot"],
): Dataset {
  const dataset = machine.datasets.get(name);
  if (!dataset) throw new ZfsError(`cannot open '${name}': dataset does not exist`);
  if (!types.includes(dataset.type)) {
    const reason = "operation not applicable to datasets of this type";
    throw new ZfsError(`cannot open '${name}': ${reason}`);
  }
  return dataset;
}

function sorted(datasets: Iterable<Dataset>): Dataset[] {
  return [...datasets].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** File systems and volumes directly below a dataset, by name. */
export function childrenOf(machine: Machine, dataset: Dataset): Dataset[] {
  return sorted(
    [...machine.datasets.values()].filter(
      (other) => other.type !== "snapshot" && parentOf(other.name) === dataset.name,
    ),
  );
}

/** Snapshots of a dataset, oldest first. */
export function snapshotsOf(machine: Machine, dataset: Dataset): Dataset[] {
  return [...machine.datasets.values()]
    .filter((other) => other.type === "snapshot" && parentOf(other.name) === dataset.name)
    .sort((a, b) => detailsOf(a).txg - detailsOf(b).txg);
}

/** File systems and volumes below a dataset at any depth, with the dataset itself first. */
export function subtreeOf(machine: Machine, dataset: Dataset): Dataset[] {
  const below = [...machine.datasets.values()].filter(
    (other) => other.type !== "snapshot" && isBelow(dataset.name, other.name),
  );
  return [dataset, ...sorted(below)];
}

/** Datasets that were cloned from a snapshot. */
export function clonesOf(machine: Machine, snapshot: Dataset): Dataset[] {
  return sorted([...machine.datasets.values()].filter((other) => other.origin === snapshot.name));
}
