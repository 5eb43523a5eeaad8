import type { Machine, Volume } from "../contract.js";
import { makeDevice, removeDevice } from "./host-devices.js";

/** A memory disk of md(4). */
export interface MemoryDisk {
  unit: number;
  type: "swap" | "malloc" | "vnode" | "null";
  /** Bytes. */
  size: number;
  /** The file behind a vnode disk, as a path of the host. */
  file?: string;
  readonly: boolean;
  /** Which file that was: another one may get its name. */
  image?: string;
  /** The file system that newfs made on it. */
  volume?: Volume;
  /** Its name when it is no memory disk but a disk or a partition of the machine: "ada1p1". */
  device?: string;
}

/** Disks and partitions of machines, by name: unlike memory disks they are there after a reboot. */
const hardDisks = new WeakMap<Machine, Map<string, MemoryDisk>>();

/** Adds a disk, or a partition of one, that carries nothing. */
export function addHardDisk(machine: Machine, device: string, size: number): void {
  const known = hardDisks.get(machine) ?? new Map<string, MemoryDisk>();
  hardDisks.set(
    machine,
    known.set(device, { unit: -1, type: "null", size, readonly: false, device }),
  );
  makeDevice(machine, device);
}

/** The name below /dev. */
export function diskName({ device, unit }: MemoryDisk): string {
  return device ?? `md${unit}`;
}

/** What is on a device, as far as the machine knows: a UFS, or a part of a ZFS pool. */
export function deviceContent(machine: Machine, path: string): "ufs" | "zfs" | undefined {
  const name = path.replace(/^\/dev\//, "");
  if ([...machine.pools.values()].some((pool) => pool.device === name)) return "zfs";
  const root = machine.files.mounts.find(({ on }) => on === "/");
  if (root?.from === path) return "ufs";
  const volume = deviceVolume(machine, path) ?? imageVolume(machine, path);
  return volume === undefined ? undefined : "ufs";
}

const disks = new WeakMap<Machine, Map<string, MemoryDisk>>();

/** File systems inside image files: they outlive the disk that showed them. */
const images = new WeakMap<Machine, Map<string, Volume>>();

/** The memory disks of a machine by name: "md5". */
export function machineDevices(machine: Machine): Map<string, MemoryDisk> {
  const known = disks.get(machine);
  if (known) return known;
  const empty = new Map<string, MemoryDisk>();
  disks.set(machine, empty);
  return empty;
}

function imagesOf(machine: Machine): Map<string, Volume> {
  const known = images.get(machine);
  if (known) return known;
  const empty = new Map<string, Volume>();
  images.set(machine, empty);
  return empty;
}

/** The file system on a device, for mount(8): undefined when there is no device or none on it. */
export function deviceVolume(machine: Machine, path: string): Volume | undefined {
  return findDisk(machine, path)?.volume;
}

/** The file system in an image file, whether a disk shows it or not. */
export function imageVolume(machine: Machine, path: string): Volume | undefined {
  return imagesOf(machine).get(imageName(machine, path));
}

function imageName(machine: Machine, path: string): string {
  return `${path} ${machine.files.stat({ root: "/", cwd: "/" }, path).ino}`;
}

/** A disk by its path or name: "/dev/md5", "md5". */
export function findDisk(machine: Machine, path: string): MemoryDisk | undefined {
  const name = path.replace(/^\/dev\//, "");
  return machineDevices(machine).get(name) ?? hardDisks.get(machine)?.get(name);
}

/** Attaches a disk; a vnode disk shows the file system that was made in its file before. */
export function attachDisk(machine: Machine, disk: MemoryDisk): string {
  const name = `md${disk.unit}`;
  if (disk.file !== undefined) {
    disk.image = imageName(machine, disk.file);
    disk.volume = imagesOf(machine).get(disk.image);
  }
  machineDevices(machine).set(name, disk);
  makeDevice(machine, name);
  return name;
}

/** The lowest unit number that no disk has. */
export function freeUnit(machine: Machine): number {
  const used = machineDevices(machine);
  for (let unit = 0; ; unit += 1) if (!used.has(`md${unit}`)) return unit;
}

/** Detaches a disk. The caller has made sure that it is not mounted. */
export function detachDisk(machine: Machine, disk: MemoryDisk): void {
  const name = `md${disk.unit}`;
  machineDevices(machine).delete(name);
  removeDevice(machine, name);
}

/** True while a file system of the disk is mounted. */
export function isDiskMounted(machine: Machine, disk: MemoryDisk): boolean {
  return machine.files.mounts.some((mount) => mount.from === `/dev/${diskName(disk)}`);
}

/** newfs(8): an empty UFS. What its own tables take is no room for files. */
export function makeFileSystem(machine: Machine, disk: MemoryDisk): void {
  const volume = machine.files.createVolume({
    capacity: Math.floor(disk.size * 0.957),
    mode: 0o755,
  });
  disk.volume = volume;
  if (disk.image !== undefined) imagesOf(machine).set(disk.image, volume);
}
