/**
 * Linux systems on FreeBSD: what a tree says of itself (os-release(5)), whether the kernel runs Linux programs
 * (linux(4)), and the devices that a Linux jail sees.
 */
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { enter } from "./inside.js";
import { wholeLines } from "./lines.js";

/** The ID in os-release(5) of each distribution that we know. */
export const distributionIds = {
  debian: "debian",
  ubuntu: "ubuntu",
  rocky: "rocky",
  alma: "almalinux",
  fedora: "fedora",
  alpine: "alpine",
} as const;

export type Distribution = keyof typeof distributionIds;

/**
 * Status 0 when the kernel runs 64-bit Linux programs: rc.d/linux looks for the same module. Asking for sysctls would
 * not do: mounting linprocfs already loads what brings them.
 */
export const checkLinux = (): Command =>
  look(["kldstat", "-q", "-m", "linux64elf"], { unguarded: true });

/** For errors: how the kernel is made to run Linux programs, now and after every boot. */
export const enableLinux =
  'Put linux_enable="YES" into the host\'s /etc/rc.conf, and load it now: service linux start';

export interface OsRelease {
  readonly id: string;
  /** VERSION_ID; empty for what has none, such as Debian's unstable. */
  readonly version: string;
}

/** Lines of a tree's os-release(5) that name it. No link is followed: it might lead out of the tree. */
export const readOsRelease = (tree: string): Command =>
  look(["read_os_release", tree], { shellFunction: readOsReleaseFunction });

// Debian and Red Hat have a link in etc and the file in usr/lib; Alpine has it in etc only.
const readOsReleaseFunction = shellFunction(
  "read_os_release",
  `for d in usr/lib etc; do
    if (enter "$1/" "$d" keep && [ -f os-release ] && [ ! -L os-release ]) 2>/dev/null; then grep "^[IV][DE].*=" "$1/$d/os-release"; return; fi
  done; return 1`,
  [enter],
);

/** Undefined when there is no such tree. Values may stand in quotes, as in a shell. */
export function parseOsRelease(result: CommandResult): OsRelease | undefined {
  const values = new Map(
    wholeLines("grep", result.stdout).map((line): [string, string] => {
      const [, name = "", , value = ""] = /^([A-Z_]+)=(["']?)(.*)\2$/.exec(line) ?? [];
      return [name, value];
    }),
  );
  const id = values.get("ID");
  return id === undefined ? undefined : { id, version: values.get("VERSION_ID") ?? "" };
}

/** Holds what a tree says of itself against what was declared, and looks whether it is a system's root at all. */
export const expectDistribution = (tree: string, distribution: Distribution): Command =>
  act(["expect_distribution", tree, distributionIds[distribution]], {
    shellFunction: expectDistributionFunction,
    title: `look whether ${tree} is ${distribution}`,
  });

// Files are written in etc from the host later: a link there could lead them out of the tree.
const expectDistributionFunction = shellFunction(
  "expect_distribution",
  `v=$(read_os_release "$1" | grep '^ID=') || { echo "the tree has no os-release with an ID in usr/lib or etc: it is not the root of a Linux system" >&2; return 1; }
  [ -d "$1/etc" ] && [ ! -L "$1/etc" ] || { echo "etc in the tree is no directory" >&2; return 1; }
  v=\${v#ID=}; v=\${v#[\\"\\']}; v=\${v%[\\"\\']}
  [ "$v" = "$2" ] || { echo "the tree is of the distribution $v (ID in os-release), not $2" >&2; return 1; }`,
  [readOsReleaseFunction],
);

/**
 * Gives apt(8) its cache at once: it cannot grow it, because the kernel's mremap(2) for Linux programs is not whole
 * (the handbook, and the port of debootstrap for Ubuntu).
 */
export const enlargeAptCache = (tree: string): Command =>
  act(["enlarge_apt_cache", tree], { shellFunction: enlargeAptCacheFunction });

const enlargeAptCacheFunction = shellFunction(
  "enlarge_apt_cache",
  `(enter "$1" etc/apt/apt.conf.d keep 2>/dev/null || exit 0
  rm -f 00freebsd && echo 'APT::Cache-Start 251658240;' >00freebsd)`,
  [enter],
);

/** Writes etc/hosts of a tree that has none, as those of debootstrap: without it, nothing there knows localhost. */
export const addHosts = (tree: string, content: string): Command =>
  act(["add_hosts", tree], { shellFunction: addHostsFunction, input: content });

const addHostsFunction = shellFunction(
  "add_hosts",
  `(enter "$1" etc keep || exit; [ -e hosts ] || [ -L hosts ] || cat >hosts)`,
  [enter],
);

/**
 * For hooks of jail.conf, after the mounts and before the jail is there: hides from its /dev what the rule set does
 * not show. A devfs that is mounted with a rule set has no /dev/shm on which anything could be mounted, because the
 * sets of devfs.rules(5) hide it.
 */
export const hideDevices = (dev: string, ruleset: number): string[] => [
  `/sbin/devfs -m ${dev} ruleset ${ruleset}`,
  `/sbin/devfs -m ${dev} rule -s ${ruleset} applyset`,
  `/sbin/devfs -m ${dev} rule apply path shm unhide`,
];
