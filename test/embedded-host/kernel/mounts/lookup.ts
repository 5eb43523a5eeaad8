/** Which mounts a path of the host lies in, and what keeps a mount busy. */
import type { Machine, Mount } from "../../contract.js";

/** True when `path` is `directory` or lies below it. */
export function isBelow(path: string, directory: string): boolean {
  return directory === "/" || path === directory || path.startsWith(`${directory}/`);
}

/** The topmost mount that a path of the host (without links) lies in. */
export function mountAt(machine: Machine, path: string): Mount | undefined {
  let found: Mount | undefined;
  for (const mount of machine.files.mounts) {
    if (!isBelow(path, mount.on)) continue;
    if (!found || mount.on.length >= found.on.length) found = mount;
  }
  return found;
}

/** A process at work in it, a jail with its root in it, or a mount on top keeps a mount busy. */
export function isBusy(machine: Machine, mount: Mount): boolean {
  const { mounts } = machine.files;
  const index = mounts.indexOf(mount);
  const above = (other: Mount, at: number) =>
    other !== mount && isBelow(other.on, mount.on) && (other.on !== mount.on || at > index);
  if (mounts.some(above)) return true;
  const inside = (path: string) => mountAt(machine, path) === mount;
  if ([...machine.jails.values()].some((jail) => inside(jail.path))) return true;
  return [...machine.processes.values()].some((process) => inside(hostDirectory(process)));
}

/** The working directory of a process as a path of the host. */
export function hostDirectory(process: { root: string; cwd: string }): string {
  if (process.root === "/") return process.cwd;
  return process.cwd === "/" ? process.root : process.root + process.cwd;
}
