import type { Machine } from "../../contract.js";

/** True for a path that is a directory itself or lies below it. */
function isWithin(directory: string, path: string): boolean {
  return path === directory || path.startsWith(directory === "/" ? "/" : `${directory}/`);
}

function join(root: string, path: string): string {
  return root === "/" ? path : `${root}${path === "/" ? "" : path}`;
}

/** True while a mount lies below a mount point, or looks through it (nullfs). */
export function hasMountsWithin(machine: Machine, directory: string): boolean {
  return machine.files.mounts.some((mount) => {
    if (mount.on !== directory && isWithin(directory, mount.on)) return true;
    return mount.type === "nullfs" && isWithin(directory, mount.from);
  });
}

/** True while a process has its root or working directory in a tree, or a jail has its root there. */
export function isTreeInUse(machine: Machine, directory: string): boolean {
  for (const process of machine.processes.values()) {
    if (isWithin(directory, join(process.root, process.cwd))) return true;
    if (isWithin(directory, process.root)) return true;
  }
  return [...machine.jails.values()].some((jail) => isWithin(directory, jail.path));
}
