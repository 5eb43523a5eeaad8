/** Mounting the file systems that FreeBSD offers to jails, with the errors of their kernel parts. */
import { type Dataset, FsError, type Machine, type Mount, type Volume } from "../../contract.js";
import { deviceVolume, findDisk, writeImage } from "../devices.js";
import { loadModule } from "../linux/modules.js";
import { isNewer } from "../network/interface.js";
import { fillDevices } from "./devfs.js";
import { isBelow, mountAt } from "./lookup.js";
import { optionValue, shownOptions, sizeOf } from "./options.js";
import { unionOf, unionOptions } from "./union.js";

export interface MountRequest {
  readonly type: string;
  /** As given: a path, a device, a name. */
  readonly from: string;
  /** Host path of the mount point, without links. */
  readonly on: string;
  readonly options: readonly string[];
}

interface Kind {
  /** Options of its own. */
  readonly options: readonly string[];
  /** Kernel module; absent when it is part of the kernel. */
  readonly module?: string;
  mount(machine: Machine, request: MountRequest): void;
}

const kinds: Readonly<Record<string, Kind>> = {
  nullfs: { options: ["cache", "nocache"], module: "nullfs", mount: mountNull },
  unionfs: { options: unionOptions, module: "unionfs", mount: mountUnion },
  tmpfs: {
    options: ["size", "mode", "uid", "gid", "inodes", "maxfilesize", "nonc", "nomtime", "export"],
    mount: mountTemporary,
  },
  devfs: { options: ["ruleset"], mount: mountDevices },
  fdescfs: { options: ["linrdlnk", "nodup", "rdlnk"], module: "fdescfs", mount: mountDescriptors },
  procfs: { options: [], mount: mountEmpty },
  linprocfs: { options: [], module: "linprocfs", mount: mountEmpty },
  linsysfs: { options: [], module: "linsysfs", mount: mountEmpty },
  ufs: { options: ["userquota", "groupquota"], mount: mountDisk },
  zfs: { options: [], module: "zfs", mount: mountDataset },
};

/** Whether there is such a type of file system. */
export function isKnownType(type: string): boolean {
  return type in kinds;
}

/** Options that only this type knows. */
export function ownOptions(type: string): readonly string[] {
  return kinds[type]?.options ?? [];
}

/** Mounts. Throws `FsError`; its path is that which is to blame. */
export function mountFileSystem(machine: Machine, request: MountRequest): void {
  const kind = kinds[request.type];
  if (!kind) throw new FsError("EINVAL", request.from);
  if (kind.module !== undefined) loadModule(machine, kind.module);
  kind.mount(machine, request);
}

function entry(request: MountRequest, from: string, inherited: readonly string[] = []): Mount {
  const options = shownOptions([...inherited, ...request.options]);
  return { from, on: request.on, type: request.type, options, given: [...request.options] };
}

function mountNull(machine: Machine, request: MountRequest): void {
  const below = mountAt(machine, request.on);
  if (below?.type === "nullfs" && lowerPath(below, request.on) === request.from) {
    throw new FsError("EDEADLK", request.on);
  }
  // Before 14 a nullfs takes these over from the file system that it shows.
  const source = mountAt(machine, request.from);
  const inherited = isNewer(machine.release) ? [] : ["noatime", "nfsv4acls"];
  const taken = inherited.filter((option) => source?.options.includes(option));
  const mount = entry(request, request.from, taken);
  machine.files.mount(mount, { bind: request.from });
}

/** What a path of a nullfs is below it. */
function lowerPath(mount: Mount, path: string): string {
  return isBelow(path, mount.on) ? mount.from + path.slice(mount.on.length) : path;
}

function mountUnion(machine: Machine, request: MountRequest): void {
  const mount = entry(request, request.from);
  machine.files.mount(mount, { union: unionOf(request.from, request.options) });
}

function mountTemporary(machine: Machine, request: MountRequest): void {
  const size = optionValue(request.options, "size");
  const bytes = size === undefined ? undefined : sizeOf(size);
  if (size !== undefined && bytes === undefined) throw new FsError("EINVAL", request.from);
  const covered = machine.files.stat({ root: "/", cwd: "/" }, request.on);
  const mode = optionValue(request.options, "mode");
  const volume = machine.files.createVolume({
    // Size 0 means no limit.
    capacity: bytes === 0 ? undefined : bytes,
    mode: mode === undefined ? covered.mode : Number.parseInt(mode, 8),
  });
  machine.files.mount(entry(request, "tmpfs"), { volume });
  const owner = ["uid", "gid"].map((name) => Number(optionValue(request.options, name) ?? 0));
  machine.files.chown({ root: "/", cwd: "/" }, request.on, owner[0] ?? 0, owner[1] ?? 0);
}

function mountDevices(machine: Machine, request: MountRequest): void {
  const set = Number(optionValue(request.options, "ruleset") ?? 0);
  const volume = machine.files.createVolume({ mode: 0o555 });
  machine.files.mount(entry(request, "devfs"), { volume });
  fillDevices(machine, request.on, set);
}

function mountDescriptors(machine: Machine, request: MountRequest): void {
  mountEmpty(machine, request);
  const kernel = { root: "/", cwd: "/", umask: 0 };
  for (const number of [0, 1, 2]) {
    machine.files.write(kernel, `${request.on}/${number}`, "", { mode: 0o666 });
  }
}

function mountEmpty(machine: Machine, request: MountRequest): void {
  const volume = machine.files.createVolume({ mode: 0o555 });
  machine.files.mount(entry(request, request.type), { volume });
}

function mountDisk(machine: Machine, request: MountRequest): void {
  if (!machine.files.exists({ root: "/", cwd: "/" }, request.from)) {
    throw new FsError("ENOENT", request.from);
  }
  const volume = deviceVolume(machine, request.from);
  if (!volume) throw new FsError("EINVAL", request.from);
  const mount = entry(request, request.from);
  if (findDisk(machine, request.from)?.readonly && mount.options[0] !== "ro") {
    throw new FsError("EROFS", request.from);
  }
  machine.files.mount(mount, { volume });
}

function mountDataset(machine: Machine, request: MountRequest): void {
  const dataset = machine.datasets.get(request.from);
  const volume = volumeOf(dataset);
  if (!dataset || !volume) throw new FsError("ENOENT", request.from);
  machine.files.mount(entry(request, request.from, ["nfsv4acls"]), { volume });
  dataset.mounted = true;
}

function volumeOf(dataset: Dataset | undefined): Volume | undefined {
  return dataset?.type === "filesystem" ? dataset.volume : undefined;
}

/** Takes a mount off. A dataset that was mounted there is then not mounted. */
export function unmountFileSystem(machine: Machine, mount: Mount, force: boolean): void {
  machine.files.unmount(mount.on, { force });
  const disk = mount.type === "ufs" ? findDisk(machine, mount.from) : undefined;
  if (disk && mount.options[0] !== "ro") writeImage(machine, disk);
  const dataset = mount.type === "zfs" ? machine.datasets.get(mount.from) : undefined;
  if (dataset) dataset.mounted = false;
}
