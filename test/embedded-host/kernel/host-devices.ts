import type { Machine, Where } from "../contract.js";

const kernel: Where = { root: "/", cwd: "/", umask: 0 };

/** Group operator, which may read disks. */
const OPERATOR = 5;

const OPEN_TO_ALL = ["null", "zero", "random", "zfs", "full", "tty"];
const OF_ROOT = ["console", "klog", "devctl", "mdctl", "io", "ufssuspend", "reroot", "sysmouse"];
const DISKS = ["vtbd0", "vtbd0p1", "vtbd0p2", "vtbd1", "mem", "kmem", "gpt/rootfs"];

/** Mounts devfs over /dev with the nodes of a small virtual machine. */
export function mountHostDevices(machine: Machine): void {
  const { files } = machine;
  const volume = files.createVolume({ mode: 0o555 });
  files.mount(
    { from: "devfs", on: "/dev", type: "devfs", options: ["rw"], given: ["rw"] },
    { volume },
  );
  for (const name of OPEN_TO_ALL) makeDevice(machine, name, { mode: 0o666 });
  for (const name of OF_ROOT) makeDevice(machine, name, { mode: 0o600 });
  for (const name of DISKS) makeDevice(machine, name, { mode: 0o640, gid: OPERATOR });
  for (const name of ["fd/0", "fd/1", "fd/2"]) makeDevice(machine, name, { mode: 0o666 });
  files.symlink(kernel, "random", "/dev/urandom");
  files.symlink(kernel, "fd/0", "/dev/stdin");
  files.symlink(kernel, "fd/1", "/dev/stdout");
  files.symlink(kernel, "fd/2", "/dev/stderr");
}

/** Makes a node below /dev, and the directories to it, as devfs does when a driver attaches. */
export function makeDevice(
  machine: Machine,
  name: string,
  rights: { mode: number; gid?: number } = { mode: 0o640, gid: OPERATOR },
): void {
  const { files } = machine;
  const parents = name.split("/").slice(0, -1);
  parents.forEach((_, index) => {
    const directory = `/dev/${parents.slice(0, index + 1).join("/")}`;
    if (!files.exists(kernel, directory)) files.mkdir(kernel, directory, 0o755);
  });
  const path = `/dev/${name}`;
  // Whatever the kernel writes a name into devfs becomes the device of that name.
  files.write(kernel, path, "", { mode: rights.mode });
  files.chmod(kernel, path, rights.mode);
  files.chown(kernel, path, 0, rights.gid ?? 0);
}

/** Takes a node away when its driver detaches, and directories that are empty then. */
export function removeDevice(machine: Machine, name: string): void {
  const { files } = machine;
  const path = `/dev/${name}`;
  if (files.exists(kernel, path)) files.unlink(kernel, path);
  for (let parent = name; parent.includes("/"); ) {
    parent = parent.slice(0, parent.lastIndexOf("/"));
    const directory = `/dev/${parent}`;
    if (!files.exists(kernel, directory) || files.readdir(kernel, directory).length > 0) return;
    files.rmdir(kernel, directory);
  }
}
