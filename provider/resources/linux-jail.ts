/**
 * Jails whose root is a Linux system: their mounts and parameters, by the handbook's "Linux jail". There the Linux
 * system lies in /compat of a FreeBSD jail; here it is the root itself, so that nothing of FreeBSD runs in it.
 */
import { hideDevices } from "../freebsd/linux.js";
import type { Issue } from "./jail-checks.js";
import type { JailInputs } from "./jail-inputs.js";

type Mount = JailInputs["mounts"][number];
type Parameters = JailInputs["parameters"];

export const isLinux = ({ base }: Pick<JailInputs, "base">): boolean =>
  base.distribution !== undefined;

/** Nothing is started unless the program says so, and so nothing would keep the jail. */
export const linuxDefaults: Readonly<Parameters> = {
  "exec.clean": true,
  persist: true,
  enforce_statfs: 1,
  "allow.set_hostname": false,
};

/** A line of fstab without the root. The handbook's /tmp and /home of the host are not shown to a jail. */
interface LinuxMount {
  readonly type: string;
  readonly target: string;
  readonly options: readonly string[];
}

const mounts: readonly LinuxMount[] = [
  { type: "devfs", target: "/dev", options: ["rw"] },
  { type: "tmpfs", target: "/dev/shm", options: ["rw", "size=1g", "mode=1777"] },
  { type: "fdescfs", target: "/dev/fd", options: ["rw", "linrdlnk"] },
  { type: "linprocfs", target: "/proc", options: ["rw"] },
  { type: "linsysfs", target: "/sys", options: ["rw"] },
];

/** What a Linux jail has mounted beyond what is declared; a declared mount takes the place of one of these. */
export function linuxMounts(inputs: Pick<JailInputs, "base" | "mounts">): readonly LinuxMount[] {
  if (!isLinux(inputs)) return [];
  const declared = new Set(inputs.mounts.map(({ target }) => target));
  return mounts.filter(({ target }) => !declared.has(target));
}

/** Mount points that must be in the tree of a jail of whatever system; what is in the /dev of a Linux one is devfs's. */
export const ownMountPoints = (inputs: JailInputs): string[] =>
  [
    ...linuxMounts(inputs).map(({ target }) => target),
    ...inputs.mounts.map(({ target }) => target),
  ].filter((target) => !isLinux(inputs) || !target.startsWith("/dev/"));

/** What jail(8) runs on the host when all is mounted and the jail is not there yet. */
export function linuxHooks(inputs: JailInputs, root: string, ruleset: unknown): string[] {
  return isLinux(inputs) && typeof ruleset === "number" && ruleset > 0
    ? hideDevices(`${root}/dev`, ruleset)
    : [];
}

/** jail(8) mounts these after the fstab, over what a Linux program needs to find there. */
const covering = ["mount.devfs", "mount.fdescfs", "mount.procfs"] as const;

/** What a Linux jail cannot have. */
export function checkLinux(inputs: JailInputs, issue: Issue): void {
  if (!isLinux(inputs)) return;
  if (inputs.type !== "thick" && inputs.type !== "clone") {
    issue(["type"], 'a jail of a Linux base is a "thick" one or a "clone"');
  }
  if (inputs.patch !== undefined && inputs.patch !== "none") {
    issue(
      ["patch"],
      "is for FreeBSD's base system: a Linux one is updated by its own package tool",
    );
  }
  if (inputs.layers.length > 0) {
    issue(["layers"], "are made on FreeBSD's base system: a Linux jail takes none");
  }
  if (inputs.record) issue(["record"], "is for jail packages, which no Linux jail is made of");
  for (const name of covering) {
    if (inputs.parameters[name] === true) {
      issue(["parameters", name], "would cover what every Linux jail has mounted there already");
    }
  }
  checkDevices(inputs.mounts, issue);
}

/** In /dev only those mount points are there that the kernel's Linux part makes. */
function checkDevices(declared: readonly Mount[], issue: Issue): void {
  declared.forEach(({ target }, i) => {
    if (!/^\/dev(\/|$)/.test(target) || target === "/dev/shm" || target === "/dev/fd") return;
    const words = "is in the devfs of a Linux jail, whose rules are the parameter devfs_ruleset";
    issue(["mounts", i, "target"], words);
  });
}

/** Why a jail cannot move from one base to another; undefined when neither is Linux, or nothing changes. */
export function baseChangeFault(
  from: Partial<JailInputs["base"]> | undefined,
  to: JailInputs["base"],
): string | undefined {
  const linux = from?.distribution !== undefined || to.distribution !== undefined;
  if (!linux || from?.templateName === undefined || from.templateName === to.templateName) {
    return undefined;
  }
  return (
    `changing the base of a Linux jail (${from.templateName} to ${to.templateName}) is not supported yet: what an ` +
    "upgrade merges and rebuilds is FreeBSD's. Update it from inside by its own package tool and keep the LinuxBase " +
    "as it was, or declare another jail on the new base and move the data there."
  );
}
