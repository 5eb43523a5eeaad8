/**
 * What of a jail's settings opens it towards its host or other jails: told in the preview that brings it, and never
 * refused. From the manual of jail(8), and from what has been used to leave jails.
 */
import type { Storage } from "../freebsd/layout.js";
import { noteMounts, type Others, warnMounts } from "./jail-warnings-mounts.js";

/** A jail as far as it is known: of a state of any age, or with values that are not known yet. */
export interface Declared {
  readonly name?: unknown;
  readonly owner?: unknown;
  readonly type?: unknown;
  readonly base?: unknown;
  readonly parameters?: unknown;
  readonly mounts?: unknown;
}

export type Warning = readonly [property: string, text: string];

export interface Where extends Storage {
  /** Of the host. */
  readonly name: string;
}

type Parameters = Readonly<Record<string, unknown>>;

interface Rule {
  readonly when: (parameters: Parameters) => boolean;
  readonly text: string;
}

const isOn = (name: string) => (parameters: Parameters) => parameters[name] === true;
const level = ({ enforce_statfs: level = 2 }: Parameters): number => Number(level);
/** jail(8): permissions to mount do nothing while the jail sees its own root only. */
const mounts = (name: string) => (parameters: Parameters) =>
  parameters[name] === true && level(parameters) < 2;
const unlessVnet = (name: string, value: unknown) => (parameters: Parameters) =>
  parameters[name] === value && parameters.vnet !== "new";

const itself =
  "its root mounts what it likes of it, by a part of the kernel that others cannot reach";
const shared = "it shares System V memory, queues and semaphores with the host";
const clock = "it can change the clock of the host and of all its jails";

const rules: Readonly<Record<string, Rule>> = {
  "allow.mount.nullfs": {
    when: isOn("allow.mount.nullfs"),
    text: "jails that may mount nullfs were able to leave (CVE-2025-15547); mounts does it from the host",
  },
  "allow.mount.devfs": { when: mounts("allow.mount.devfs"), text: itself },
  "allow.mount.fdescfs": { when: mounts("allow.mount.fdescfs"), text: itself },
  "allow.mount.fusefs": { when: mounts("allow.mount.fusefs"), text: itself },
  "allow.mount.procfs": { when: mounts("allow.mount.procfs"), text: itself },
  "allow.mount.linprocfs": { when: mounts("allow.mount.linprocfs"), text: itself },
  "allow.mount.linsysfs": { when: mounts("allow.mount.linsysfs"), text: itself },
  "allow.mount.tmpfs": {
    when: mounts("allow.mount.tmpfs"),
    text: "its root can fill the host's memory, unless limits say how much it may have",
  },
  "allow.mount.zfs": { when: mounts("allow.mount.zfs"), text: itself },
  "allow.chflags": {
    when: isOn("allow.chflags"),
    text: "its root can take away flags such as schg, also from files that are shown to it",
  },
  "allow.raw_sockets": {
    when: isOn("allow.raw_sockets"),
    text: "its root can reach parts of the network that others cannot; ping(8) and traceroute(8) need it",
  },
  "allow.extattr": {
    when: isOn("allow.extattr"),
    text: "its root can change extended attributes of the system namespace",
  },
  "allow.read_msgbuf": {
    when: isOn("allow.read_msgbuf"),
    text: "it reads the messages of the host's kernel",
  },
  "allow.settime": { when: isOn("allow.settime"), text: clock },
  "allow.adjtime": { when: isOn("allow.adjtime"), text: clock },
  "allow.routing": {
    when: unlessVnet("allow.routing", true),
    text: "its root can change the host's routes",
  },
  "allow.vmm": { when: isOn("allow.vmm"), text: "its root runs virtual machines of the host" },
  "allow.vmm_ppt": {
    when: isOn("allow.vmm_ppt"),
    text: "its root gives devices of the host to virtual machines",
  },
  "allow.sysvipc": { when: isOn("allow.sysvipc"), text: shared },
  sysvmsg: { when: ({ sysvmsg }) => sysvmsg === "inherit", text: shared },
  sysvsem: { when: ({ sysvsem }) => sysvsem === "inherit", text: shared },
  sysvshm: { when: ({ sysvshm }) => sysvshm === "inherit", text: shared },
  "children.max": {
    when: (parameters) => Number(parameters["children.max"] ?? 0) > 0 && allows(parameters),
    text: "the jails that it makes can have all that it is allowed itself",
  },
  devfs_ruleset: {
    when: ({ devfs_ruleset: set, "mount.devfs": dev }) => set === 0 && dev !== false,
    text: "all devices of the host are in its /dev, disks and memory too",
  },
  enforce_statfs: {
    when: ({ enforce_statfs }) => enforce_statfs === 0,
    text: "it sees all that is mounted on the host",
  },
  "exec.clean": {
    when: (parameters) => parameters["exec.clean"] === false,
    text: "the environment of whoever starts it enters, with the secrets in it",
  },
  ip4: { when: unlessVnet("ip4", "inherit"), text: "it has all IPv4 addresses of the host" },
  ip6: { when: unlessVnet("ip6", "inherit"), text: "it has all IPv6 addresses of the host" },
  ...Object.fromEntries(
    "prepare prestart created poststart prestop poststop release"
      .split(" ")
      .map((hook) => `exec.${hook}`)
      .map((name) => [name, { when: declares(name), text: "runs on the host, as root" }]),
  ),
};

/** Anything that a jail is not allowed by itself. */
function allows(parameters: Parameters): boolean {
  return Object.entries(parameters).some(
    ([name, value]) => name.startsWith("allow.") && value === true,
  );
}

function declares(name: string) {
  return (parameters: Parameters): boolean => parameters[name] !== undefined;
}

/** Warnings that the jail did not have before; `olds`: its inputs of the last run. */
export function warnJail(news: Declared, olds: Declared | undefined, where: Where): string[] {
  const others = noteMounts(news, olds, where);
  const before = olds === undefined ? [] : tellAll(olds, where, others.before);
  return tellAll(news, where, others.now).filter((line) => !before.includes(line));
}

function tellAll(declared: Declared, where: Where, others: Others["now"]): string[] {
  const parameters = asRecord(declared.parameters);
  const found = Object.entries(rules)
    .filter(([, { when }]) => when(parameters))
    .map(([name, { text }]): Warning => [`parameters.${name}`, text]);
  return [...found, ...warnMounts(declared, where, others)].map(
    ([property, text]) => `jail ${declared.name}, warning: ${property}: ${text}`,
  );
}

const asRecord = (value: unknown): Parameters =>
  typeof value === "object" && value !== null ? (value as Parameters) : {};
