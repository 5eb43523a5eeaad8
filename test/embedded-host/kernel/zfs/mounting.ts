import { type Dataset, FsError, type Machine, type Mount, type Where } from "../../contract.js";
import { strerror } from "../errors.js";
import { hasMountsWithin, isTreeInUse } from "./busy.js";
import { detailsOf, subtreeOf, volumeOf } from "./datasets.js";
import { cannot, ZfsError } from "./errors.js";
import { effectiveValue, mountpointOf } from "./values.js";

const kernel: Where = { root: "/", cwd: "/", umask: 0o022 };

/** The mount of a dataset; undefined while it is not mounted. */
export function findMount(machine: Machine, dataset: Dataset): Mount | undefined {
  return machine.files.mounts.findLast(
    (mount) => mount.type === "zfs" && mount.from === dataset.name,
  );
}

/** Options as the properties of the dataset make them. */
function mountOptions(machine: Machine, dataset: Dataset): string[] {
  const is = (name: string, value: string) => effectiveValue(machine, dataset, name) === value;
  return [
    is("readonly", "on") ? "ro" : "rw",
    ...(is("exec", "off") ? ["noexec"] : []),
    ...(is("setuid", "off") ? ["nosuid"] : []),
    ...(is("atime", "off") ? ["noatime"] : []),
    "nfsv4acls",
  ];
}

/** True when `zfs mount -a`, creating or renaming would mount a file system. */
export function mountsByItself(machine: Machine, dataset: Dataset): boolean {
  return (
    dataset.type === "filesystem" &&
    !detailsOf(dataset).incomplete &&
    effectiveValue(machine, dataset, "canmount") === "on" &&
    effectiveValue(machine, dataset, "jailed") === "off" &&
    mountpointOf(machine, dataset).value.startsWith("/")
  );
}

/** Mounts a file system at its mount point, which is made when it is not there. */
export function mountDataset(machine: Machine, dataset: Dataset): void {
  const { files } = machine;
  const point = mountpointOf(machine, dataset).value;
  try {
    makeDirectories(machine, point);
    const on = files.hostPath(kernel, point);
    const options = mountOptions(machine, dataset);
    files.mount(
      { from: dataset.name, on, type: "zfs", options, given: [...options] },
      { volume: volumeOf(dataset) },
    );
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw cannot("mount", dataset.name, strerror(error.code));
  }
  dataset.mounted = true;
}

function makeDirectories(machine: Machine, path: string): void {
  const names = path.split("/").filter((name) => name !== "");
  names.forEach((_, index) => {
    const directory = `/${names.slice(0, index + 1).join("/")}`;
    if (machine.files.exists(kernel, directory)) return;
    try {
      machine.files.mkdir(kernel, directory, 0o755);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      throw cannot("mount", path, `failed to create mountpoint: ${strerror(error.code)}`);
    }
  });
}

/** Unmounts a file system; nothing happens when it is not mounted. */
export function unmountDataset(machine: Machine, dataset: Dataset, force = false): void {
  const mount = findMount(machine, dataset);
  dataset.mounted = mount !== undefined;
  if (!mount) return;
  const busy = hasMountsWithin(machine, mount.on) || isTreeInUse(machine, mount.on);
  if (busy && !force) throw busyError(mount.on);
  try {
    machine.files.unmount(mount.on, { force });
  } catch (error) {
    if (error instanceof FsError && error.code === "EBUSY") throw busyError(mount.on);
    throw error;
  }
  dataset.mounted = false;
}

function busyError(on: string): ZfsError {
  return new ZfsError(`cannot unmount '${on}': pool or dataset is busy`);
}

/** Removes the directory that a mount point was made from, unless the administrator named it. */
export function removeMountpoint(machine: Machine, at: { value: string; source: string }): void {
  if (at.source === "local" || at.source === "received" || !at.value.startsWith("/")) return;
  try {
    machine.files.rmdir(kernel, at.value);
  } catch (error) {
    // It may hold files, be gone, or lie below what is gone: ZFS does not mind either.
    if (!(error instanceof FsError)) throw error;
  }
}

/**
 * Unmounts what is mounted of a subtree, deepest first, lets `change` happen, and mounts again what
 * was mounted. When one is busy, nothing changes and those already unmounted come back.
 */
export function whileUnmounted(
  machine: Machine,
  dataset: Dataset,
  change: () => void,
  options: { force?: boolean; concerns?: (one: Dataset) => boolean } = {},
): void {
  const concerned = subtreeOf(machine, dataset).filter(options.concerns ?? (() => true));
  const mounted = concerned
    .map((one) => ({ one, at: mountpointOf(machine, one), mount: findMount(machine, one) }))
    .filter((entry) => entry.mount !== undefined)
    .sort((a, b) => (b.mount?.on ?? "").localeCompare(a.mount?.on ?? ""));
  const done: Dataset[] = [];
  try {
    for (const { one } of mounted) {
      unmountDataset(machine, one, options.force);
      done.unshift(one);
    }
    change();
  } catch (error) {
    for (const one of done) mountDataset(machine, one);
    throw error;
  }
  for (const { one, at } of mounted) {
    if (mountpointOf(machine, one).value !== at.value) removeMountpoint(machine, at);
  }
  remount(machine, done);
}

function remount(machine: Machine, datasets: readonly Dataset[]): void {
  for (const one of datasets) {
    if (mountsByItself(machine, one)) mountDataset(machine, one);
  }
}

/** Mounts everything that is to be mounted and is not: parents first. */
export function mountAll(machine: Machine): void {
  const waiting = [...machine.datasets.values()]
    .filter((one) => mountsByItself(machine, one) && !findMount(machine, one))
    .map((one) => ({ one, on: mountpointOf(machine, one).value }))
    .sort((a, b) => (a.on < b.on ? -1 : 1));
  for (const { one } of waiting) mountDataset(machine, one);
}

/** Gives the mounts below a dataset the options that its properties say now. */
export function refreshMountOptions(machine: Machine, dataset: Dataset): void {
  for (const one of subtreeOf(machine, dataset)) {
    const mount = findMount(machine, one);
    if (mount) mount.options.splice(0, mount.options.length, ...mountOptions(machine, one));
  }
}
