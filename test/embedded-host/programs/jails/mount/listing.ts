/** What mount(8) lists, as seen by the process that asks. */
import type { Mount, Process } from "../../../contract.js";
import { findParameter } from "../../../kernel/jail/import.js";
import { readParameter } from "../../../kernel/jail/jails.js";
import { isBelow, mountAt } from "../../../kernel/mounts/lookup.js";
import { isNewer } from "../../../kernel/network/interface.js";
import { readFstab } from "./fstab.js";

/** The mounts a process sees: a jail sees what its enforce_statfs allows, with paths of its own. */
export function visibleMounts(process: Process): Mount[] {
  const { machine } = process;
  const jail = machine.jails.get(process.jid);
  if (!jail) return [...machine.files.mounts];
  const { parameter } = findParameter(machine, "enforce_statfs");
  const enforce = Number(readParameter(machine, jail, parameter));
  if (enforce === 0) return [...machine.files.mounts];
  const own = mountAt(machine, jail.path);
  const inside = machine.files.mounts.filter(
    (mount) => mount !== own && isBelow(mount.on, jail.path),
  );
  const root = own ? [{ ...own, on: "/" }] : [];
  if (enforce >= 2) return root;
  const prefix = jail.path === "/" ? 0 : jail.path.length;
  return [...root, ...inside.map((mount) => ({ ...mount, on: mount.on.slice(prefix) || "/" }))];
}

/** The lines of `mount -p`, in the form of fstab(5). */
export function fstabLine(process: Process, mount: Mount): string {
  const options = mount.options.join(",");
  const gap = options.length < 8 ? "\t" : " ";
  const [dump, pass] = checks(process, mount);
  return `${tabbed(mount.from)}${tabbed(mount.on)}${mount.type}\t${options}${gap}\t${dump} ${pass}\n`;
}

function tabbed(text: string): string {
  const { length } = text;
  if (length >= 24) return `${text} `;
  return text + "\t".repeat(length < 8 ? 3 : length < 16 ? 2 : 1);
}

/** Numbers for dump and fsck: of the line in fstab(5), else those that a UFS usually has. */
function checks(process: Process, mount: Mount): [number, number] {
  const fstab = readFstab(process, "/etc/fstab");
  if (!fstab) {
    // It looks for the device, then for the mount point, and complains each time.
    process.stderr.write("fstab: /etc/fstab:0: No such file or directory\n".repeat(2));
  }
  const line =
    fstab?.find((one) => one.from === mount.from) ?? fstab?.find((one) => one.on === mount.on);
  if (line) return [line.dump, line.pass];
  if (mount.type !== "ufs") return [0, 0];
  return mount.on === "/" ? [1, 1] : [2, 2];
}

const words: readonly (readonly [string, string])[] = [
  ["async", "asynchronous"],
  ["local", "local"],
  ["noatime", "noatime"],
  ["noclusterr", "noclusterr"],
  ["noclusterw", "noclusterw"],
  ["noexec", "noexec"],
  ["nosuid", "nosuid"],
  ["nosymfollow", "nosymfollow"],
  ["ro", "read-only"],
  ["sync", "synchronous"],
  ["union", "union"],
  ["multilabel", "multilabel"],
  ["acls", "acls"],
  ["nfsv4acls", "nfsv4acls"],
  ["untrusted", "untrusted"],
];

const local = new Set(["ufs", "zfs", "nullfs", "tmpfs", "procfs", "linprocfs", "linsysfs"]);

/** A line of plain `mount`, or of `mount -v`. */
export function sentence(process: Process, mount: Mount, verbose: boolean): string {
  const on = new Set([...mount.options, ...(local.has(mount.type) ? ["local"] : [])]);
  const parts = [mount.type, ...words.filter(([option]) => on.has(option)).map(([, word]) => word)];
  if (verbose) parts.push(...details(process, mount));
  return `${fullName(mount)} on ${mount.on} (${parts.join(", ")})\n`;
}

/** unionfs says which layer its directory is; `mount -p` leaves that out. */
function fullName({ type, from, given }: Mount): string {
  if (type !== "unionfs") return from;
  return `<${given.includes("below") ? "below" : "above"}>:${from}`;
}

/** The identifier of a mounted file system, and from 14 on how many of its files are in use. */
function details(process: Process, mount: Mount): string[] {
  const where = { root: process.root, cwd: "/" };
  const dev = process.machine.files.stat(where, mount.on).dev;
  const fsid = `fsid ${dev.toString(16).padStart(2, "0")}ff002929000000`;
  return isNewer(process.machine.release) ? [fsid, "vnodes: count 1 "] : [fsid];
}
