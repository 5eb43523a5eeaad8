/** umount(8): takes file systems off their mount points. */
import { FsError, type Mount, type Process } from "../../contract.js";
import { isBusy } from "../../kernel/mounts/lookup.js";
import { unmountFileSystem } from "../../kernel/mounts/mount.js";
import { argumentOf, getopt, has, type Options } from "./getopt.js";
import { readFstab } from "./mount/fstab.js";
import { mayMount } from "./mount/request.js";
import { errorText, warn } from "./output.js";

const usage = `usage: umount [-dfNnv] special ... | node ... | fsid ...
       umount -a | -A [-F fstab] [-dfnv] [-h host] [-t type]
`;

export function umount(process: Process): number {
  const options = getopt(process, "AaF:fh:Nndt:v");
  const all = options !== undefined && (has(options, "a") || has(options, "A"));
  if (!options || all === options.operands.length > 0) {
    process.stderr.write(usage);
    return 1;
  }
  const targets = all ? allTargets(process, options) : options.operands;
  let status = 0;
  for (const target of targets) if (!unmountOne(process, options, target)) status = 1;
  return status;
}

/** With -a what an fstab names and is mounted, without a file everything but the root; last ones first. */
function allTargets(process: Process, options: Options): string[] {
  const { mounts } = process.machine.files;
  const file = argumentOf(options, "F");
  const named = file === undefined ? undefined : (readFstab(process, file) ?? []);
  const types = argumentOf(options, "t")?.split(",");
  return mounts
    .filter((mount) => mount.on !== "/" && (!types || types.includes(mount.type)))
    .filter((mount) => !named || named.some((line) => line.on === mount.on))
    .map((mount) => mount.on)
    .reverse();
}

function unmountOne(process: Process, options: Options, target: string): boolean {
  const { machine } = process;
  const mount = findMount(process, target);
  if (!mount) return false;
  // Without a word, as umount(8) leaves out what is of another type.
  const types = argumentOf(options, "t")?.split(",");
  if (types && !types.includes(mount.type)) return false;
  const force = has(options, "f");
  try {
    if (!mayMount(process, mount.type)) throw new FsError("EPERM");
    if (mount.on === "/" || (!force && isBusy(machine, mount))) throw new FsError("EBUSY");
    unmountFileSystem(machine, mount, force);
    if (has(options, "v")) process.stdout.write(`${mount.from}: unmount from ${mount.on}\n`);
    return true;
  } catch (error) {
    warn(process, `unmount of ${mount.on} failed: ${errorText(error)}`);
    return false;
  }
}

/** The topmost mount that a mount point or a device means; a message when there is none. */
function findMount(process: Process, target: string): Mount | undefined {
  const { files } = process.machine;
  // By its name in the kernel's list no link is followed.
  const listed = files.mounts.findLast((mount) => mount.on === target);
  if (listed) return listed;
  const named = files.mounts.findLast((mount) => mount.from === target);
  if (!files.exists(process, target)) {
    if (named) return named;
    warn(process, `${target}: statfs: No such file or directory`);
    warn(process, `${target}: unknown file system`);
    return undefined;
  }
  const path = files.hostPath(process, target);
  const found = files.mounts.findLast((mount) => mount.on === path);
  if (found) return found;
  if (named?.from.startsWith("/dev/")) return named;
  warn(process, `${target}: not a file system root directory`);
  return undefined;
}
