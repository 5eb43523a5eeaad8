import type { Machine, Volume } from "../contract.js";
import type { MemoryFileSystem } from "./files.js";
import { makeDevice, removeDevice } from "./host-devices.js";
import { sector } from "./images/gpt.js";
import { tablesOn } from "./images/tables.js";
import { decodeUfs, encodeUfs, isUfs, type Layout, layoutOf } from "./images/ufs.js";
import { rootIno } from "./inode.js";
import { kernel } from "./mount-table.js";
import { sideTable } from "./side-tables.js";
import type { MemoryVolume } from "./volume.js";

/** The group of those who may dump disks. */
const OPERATOR = 5;

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
  ino?: number;
  /** Where in the file a partition begins, in bytes. */
  offset?: number;
  /** The file system that newfs made on it. */
  volume?: Volume;
  /** What newfs decided, which growfs(8) needs. */
  layout?: Layout;
  /** The disks of which it is the union (gunion(8)). */
  union?: { readonly upper: MemoryDisk; readonly lower: MemoryDisk };
  /** Its name when it is no memory disk but a disk or a partition of the machine: "ada1p1". */
  device?: string;
}

/** Disks and partitions of machines, by name: unlike memory disks they are there after a reboot. */
const hardDisks = sideTable<Machine, Map<string, MemoryDisk>>();

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
  if (deviceVolume(machine, path) !== undefined) return "ufs";
  return path.startsWith("/dev/") || !isUfs(storedBytes(machine, path)) ? undefined : "ufs";
}

const disks = sideTable<Machine, Map<string, MemoryDisk>>();

/** Devices that others make: partitions that a table shows, unions of two disks. They go with those. */
const derived = sideTable<Machine, Map<string, MemoryDisk>>();

function tableOf(all: WeakMap<Machine, Map<string, MemoryDisk>>, machine: Machine) {
  const known = all.get(machine);
  if (known) return known;
  const empty = new Map<string, MemoryDisk>();
  all.set(machine, empty);
  return empty;
}

/** The memory disks of a machine by name: "md5". */
export function machineDevices(machine: Machine): Map<string, MemoryDisk> {
  return tableOf(disks, machine);
}

/** Partitions and unions of a machine by name: "md0p1". */
export function derivedDevices(machine: Machine): Map<string, MemoryDisk> {
  return tableOf(derived, machine);
}

/** The file system on a device, for mount(8): undefined when there is no device or none on it. */
export function deviceVolume(machine: Machine, path: string): Volume | undefined {
  return findDisk(machine, path)?.volume;
}

/** A disk by its path or name: "/dev/md5", "md5". */
export function findDisk(machine: Machine, path: string): MemoryDisk | undefined {
  const name = path.replace(/^\/dev\//, "");
  return (
    machineDevices(machine).get(name) ??
    derivedDevices(machine).get(name) ??
    hardDisks.get(machine)?.get(name)
  );
}

/** Attaches a disk; a vnode disk shows what is in its file: a file system, or partitions with theirs. */
export function attachDisk(machine: Machine, disk: MemoryDisk): string {
  const name = `md${disk.unit}`;
  machineDevices(machine).set(name, disk);
  makeDevice(machine, name);
  if (disk.file === undefined) return name;
  disk.ino = machine.files.stat(kernel, disk.file).ino;
  readImage(machine, disk);
  const { unit, file, ino, readonly, type } = disk;
  for (const { at, partitions } of tablesOn(storedBytes(machine, file), name)) {
    for (const { device, start, length } of partitions) {
      const place = { offset: at + start * sector, size: length * sector, device };
      addDerived(machine, { ...{ unit, file, ino, readonly, type }, ...place });
    }
  }
  return name;
}

/** Adds a device that another one makes. */
export function addDerived(machine: Machine, disk: MemoryDisk): void {
  derivedDevices(machine).set(diskName(disk), disk);
  makeDevice(machine, diskName(disk));
  if (disk.volume === undefined) readImage(machine, disk);
}

/** Takes such a device away. */
export function removeDerived(machine: Machine, disk: MemoryDisk): void {
  derivedDevices(machine).delete(diskName(disk));
  removeDevice(machine, diskName(disk));
}

/** The lowest unit number that no disk has. */
export function freeUnit(machine: Machine): number {
  const used = machineDevices(machine);
  for (let unit = 0; ; unit += 1) if (!used.has(`md${unit}`)) return unit;
}

/** The partitions of a memory disk. */
export function partitionsOf(machine: Machine, disk: MemoryDisk): MemoryDisk[] {
  const own = new RegExp(`^md${disk.unit}[ps]\\d+[a-h]?$`);
  return [...derivedDevices(machine).values()].filter(({ device }) => own.test(device ?? ""));
}

/** Detaches a disk. The caller has made sure that it is not mounted. */
export function detachDisk(machine: Machine, disk: MemoryDisk): void {
  for (const partition of partitionsOf(machine, disk)) {
    writeImage(machine, partition);
    removeDerived(machine, partition);
  }
  writeImage(machine, disk);
  const name = `md${disk.unit}`;
  machineDevices(machine).delete(name);
  removeDevice(machine, name);
}

/** True while a file system of the disk, or of one of its partitions, is mounted, or a union needs it. */
export function isDiskMounted(machine: Machine, disk: MemoryDisk): boolean {
  const names = [disk, ...(disk.device ? [] : partitionsOf(machine, disk))].map(diskName);
  const needed = [...derivedDevices(machine).values()].some(
    ({ union }) => union?.upper === disk || union?.lower === disk,
  );
  return needed || machine.files.mounts.some(({ from }) => names.includes(from.slice(5)));
}

/** newfs(8): an empty UFS with cylinder groups of that size. What its own tables take is no room for files. */
export function makeFileSystem(machine: Machine, disk: MemoryDisk, group: number): void {
  const volume = machine.files.createVolume({ capacity: roomOf(disk.size), mode: 0o755 });
  addSnapshots(volume as MemoryVolume, machine.now());
  disk.volume = volume;
  disk.layout = { size: disk.size, group };
  writeImage(machine, disk);
}

/** growfs(8): the file system gets as large as its disk. */
export function growFileSystem(machine: Machine, disk: MemoryDisk): void {
  if (!disk.volume || !disk.layout) return;
  disk.volume.capacity = roomOf(disk.size);
  disk.layout = { ...disk.layout, size: disk.size };
  writeImage(machine, disk);
}

/** The directory in which a UFS keeps its snapshots. */
function addSnapshots(volume: MemoryVolume, mtime: number): void {
  const fields = { type: "directory" as const, mode: 0o770, uid: 0, gid: OPERATOR, mtime };
  volume.enter(rootIno, ".snap", volume.create(fields).ino);
  volume.edit(rootIno).nlink += 1;
}

/** What a UFS of so many bytes has room for. */
function roomOf(size: number): number {
  return Math.floor(size * 0.957);
}

function storedBytes(machine: Machine, file: string): Buffer {
  return (machine.files as MemoryFileSystem).readStored(kernel, file);
}

/** What is read from a disk, or from a partition of one; the empty ones of machines are not kept. */
export function deviceBytes(machine: Machine, name: string): Buffer {
  const { file, offset = 0, size } = findDisk(machine, name) ?? { size: 0 };
  const bytes = Buffer.alloc(file === undefined ? 0 : size);
  if (file !== undefined) storedBytes(machine, file).copy(bytes, 0, offset, offset + size);
  return bytes;
}

/** Shows the file system in the file of a disk. */
function readImage(machine: Machine, disk: MemoryDisk): void {
  if (disk.file === undefined) return;
  const from = disk.offset ?? 0;
  const bytes = storedBytes(machine, disk.file).subarray(from, from + disk.size);
  const layout = layoutOf(bytes);
  // Of a file system that is larger than its disk a part is missing, and it cannot be mounted.
  if (layout === undefined || layout.size > disk.size) return;
  const volume = machine.files.createVolume() as MemoryVolume;
  decodeUfs(bytes, volume);
  volume.capacity = roomOf(layout.size);
  Object.assign(disk, { volume, layout });
}

/** Puts the file system of a disk into its file: at the end of each mount, as the last writes of a real one. */
export function writeImage(machine: Machine, disk: MemoryDisk): void {
  const { file, layout, readonly, volume } = disk;
  if (file === undefined || !layout || !volume || readonly) return;
  const { files } = machine;
  // Another file may have got its name, and nobody sees what is written to the old one.
  if (!files.exists(kernel, file) || files.stat(kernel, file).ino !== disk.ino) return;
  const stored = storedBytes(machine, file);
  const { size } = files.stat(kernel, file);
  const from = disk.offset ?? 0;
  const own = encodeUfs(volume as MemoryVolume, layout);
  const behind = stored.subarray(Math.min(stored.length, from + disk.size));
  const gap = behind.length > 0 ? Buffer.alloc(disk.size - own.length) : Buffer.alloc(0);
  const before = Buffer.alloc(from);
  stored.copy(before, 0, 0, Math.min(from, stored.length));
  const bytes = Buffer.concat([before, own, gap, behind]);
  if (bytes.equals(stored)) return;
  files.write(kernel, file, bytes);
  files.truncate(kernel, file, size);
}
