import type { Dataset, Machine, Pool } from "../../contract.js";
import { mountNew } from "./creation.js";
import { addDataset, snapshotsOf, subtreeOf } from "./datasets.js";
import { removeDataset } from "./destruction.js";
import { ZfsError } from "./errors.js";
import { nameProblem } from "./names.js";
import { checkSettings, type Settings } from "./settings.js";
import { SpaceTable } from "./space.js";

/** Usable bytes of a disk of the machine: six gigabytes, less what labels and slop take. */
const DISK_SIZE = 5.5 * 1024 ** 3;

export interface NewPool {
  name: string;
  device: string;
  /** Properties of the root file system (-O, and -m as "mountpoint"). */
  settings?: Settings;
}

/** `zpool create` on one disk. */
export function createPool(machine: Machine, wanted: NewPool): Pool {
  const { name, device } = wanted;
  const problem = nameProblem(name, "filesystem");
  if (problem !== undefined || /[/@]/.test(name)) {
    throw new ZfsError(
      `cannot create '${name}': ${problem ?? "invalid character '/' in pool name"}`,
    );
  }
  checkDevice(machine, device);
  if (machine.pools.has(name)) throw new ZfsError(`cannot create '${name}': pool already exists`);
  const properties = checkSettings(machine, "filesystem", wanted.settings ?? new Map(), true);
  const pool: Pool = { name, size: DISK_SIZE, device };
  machine.pools.set(name, pool);
  const volume = machine.files.createVolume({ mode: 0o755 });
  mountNew(machine, addDataset(machine, { name, type: "filesystem", properties, volume }));
  return pool;
}

function checkDevice(machine: Machine, device: string): void {
  const user = [...machine.pools.values()].find((pool) => pool.device === device);
  if (user) {
    throw new ZfsError(
      "invalid vdev specification\nuse '-f' to override the following errors:\n" +
        `/dev/${device} is part of active pool '${user.name}'`,
    );
  }
  if (!machine.files.exists({ root: "/", cwd: "/" }, `/dev/${device}`)) {
    throw new ZfsError(
      `cannot open '${device}': no such device in /dev\nmust be a full path or shorthand device name`,
    );
  }
}

/** `zpool destroy`: every dataset of the pool is unmounted and gone. */
export function destroyPool(machine: Machine, name: string, force: boolean): void {
  const pool = machine.pools.get(name);
  const root = machine.datasets.get(name);
  if (!pool || !root) throw new ZfsError(`cannot open '${name}': no such pool`);
  try {
    for (const one of deepestFirst(machine, root)) removeDataset(machine, one, force);
  } catch (error) {
    if (!(error instanceof ZfsError)) throw error;
    throw new ZfsError(`${error.message}\ncould not destroy '${name}': could not unmount datasets`);
  }
  machine.pools.delete(name);
}

function deepestFirst(machine: Machine, root: Dataset): Dataset[] {
  return subtreeOf(machine, root)
    .reverse()
    .flatMap((one) => [...snapshotsOf(machine, one), one]);
}

/** What `zpool list` shows of a pool, in bytes. */
export function poolSpace(machine: Machine, pool: Pool): { allocated: number; free: number } {
  const root = machine.datasets.get(pool.name);
  const allocated = (root ? new SpaceTable(machine).usedBy(root) : 0) + 98304;
  return { allocated, free: pool.size - allocated };
}
