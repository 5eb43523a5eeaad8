import type { Machine, Process, Release } from "../contract.js";
import { linuxVariables } from "./linux/modules.js";
import { jailParameterOids } from "./sysctl-jail.js";

/** One leaf of the kernel's tree: what it answers at boot and whether root may change it. */
export interface Oid {
  name: string;
  value: string;
  description: string;
  writable?: boolean;
}

interface ReleaseFacts {
  osreldate: string;
  kernel: string;
  physmem: string;
}

const FACTS: Record<Release, ReleaseFacts> = {
  "13.2-RELEASE": { osreldate: "1302001", kernel: "JAILS2", physmem: "3198648320" },
  "15.1-RELEASE-p1": { osreldate: "1501000", kernel: "JAILS", physmem: "3195498496" },
};

/** What a kernel of this release says of itself: the source of uname and of kern.*. */
export function releaseFacts(release: Release): ReleaseFacts {
  return FACTS[release];
}

function oid(name: string, value: string | number, description: string, writable = false): Oid {
  return { name, value: String(value), description, writable };
}

function kernelOids(release: Release, host: { hostname: string; hostuuid: string }): Oid[] {
  const facts = releaseFacts(release);
  return [
    oid("kern.ostype", "FreeBSD", "Operating system type"),
    oid("kern.osrelease", release, "Operating system release"),
    oid("kern.osrevision", 199506, "Operating system revision"),
    oid("kern.version", `FreeBSD ${release} ${facts.kernel}\n`, "Kernel version"),
    oid("kern.maxproc", 20000, "Maximum number of processes"),
    oid("kern.maxfiles", 99716, "Maximum number of files", true),
    oid("kern.hostname", host.hostname, "Hostname", true),
    oid("kern.securelevel", -1, "Current secure level", true),
    oid("kern.hostuuid", host.hostuuid, "Host UUID", true),
    oid("kern.hostid", 0, "Host ID", true),
    oid("kern.osreldate", facts.osreldate, "Kernel release date"),
    oid("kern.bootfile", "/boot/kernel/kernel", "Name of kernel file booted"),
    oid("kern.ident", facts.kernel, "Kernel identifier"),
    oid("kern.features.vimage", 1, "VIMAGE kernel virtualization"),
    oid("kern.features.racct", 1, "Resource Accounting"),
    oid("kern.features.rctl", 1, "Resource Limits"),
    oid("kern.racct.enable", 1, "Enable RACCT/RCTL"),
    oid("kern.smp.cpus", 2, "Number of CPUs online"),
  ];
}

function hardwareOids(release: Release): Oid[] {
  const { physmem } = releaseFacts(release);
  return [
    oid("hw.machine", "amd64", "Machine class"),
    oid("hw.model", "QEMU Virtual CPU version 2.5+", "Machine model"),
    oid("hw.ncpu", 2, "Number of active CPUs"),
    oid("hw.byteorder", 1234, "System byte order"),
    oid("hw.physmem", physmem, "Amount of physical memory (in bytes)"),
    oid("hw.usermem", physmem, "Amount of memory (in bytes) which is not wired"),
    oid("hw.pagesize", 4096, "System memory page size"),
    oid("hw.machine_arch", "amd64", "System architecture"),
    oid("hw.realmem", 4294967296, "Amount of memory (in bytes) reported by the firmware"),
  ];
}

function networkOids(): Oid[] {
  return [
    oid("net.inet.ip.forwarding", 0, "Enable IP forwarding between interfaces", true),
    oid(
      "net.inet6.ip6.forwarding",
      0,
      "Enable forwarding of IPv6 packets between interfaces",
      true,
    ),
    oid("net.link.bridge.inherit_mac", 0, "Inherit MAC address from the first bridge member", true),
    oid("net.link.bridge.pfil_member", 0, "Packet filter on the member interface", true),
    oid("net.link.bridge.pfil_bridge", 0, "Packet filter on the bridge interface", true),
    oid("vfs.usermount", 0, "Unprivileged users may mount and unmount file systems", true),
    oid("vm.overcommit", 0, "Configure virtual memory overcommit behavior", true),
  ];
}

function jailOids(release: Release): Oid[] {
  const oids = [
    oid(
      "security.bsd.see_other_uids",
      1,
      "Unprivileged processes may see subjects with other uid",
      true,
    ),
    oid("security.jail.jailed", 0, "Process in jail?"),
    oid("security.jail.vnet", 0, "Jail owns vnet?"),
    oid("security.jail.children.max", 999999, "Maximum number of child jails"),
    oid("security.jail.children.cur", 0, "Current number of child jails"),
    oid(
      "security.jail.jail_max_af_ips",
      255,
      "Number of IP addresses a jail may have at most",
      true,
    ),
    oid("security.jail.enforce_statfs", 0, "Processes in jail cannot see all mounted file systems"),
    oid("security.jail.devfs_ruleset", 0, "Ruleset for the devfs filesystem in jail"),
  ];
  if (release !== "13.2-RELEASE") {
    oids.push(
      oid("security.jail.meta_maxbufsize", 4096, "Maximum buffer size of each meta and env", true),
    );
  }
  return oids;
}

const trees = new Map<Release, Map<string, Oid>>();

function describedOids(release: Release): Map<string, Oid> {
  const known = trees.get(release);
  if (known) return known;
  const all = sysctlTree(release, { hostname: "", hostuuid: "" });
  const tree = new Map(all.map((entry) => [entry.name, entry]));
  trees.set(release, tree);
  return tree;
}

/** Every leaf with its value at boot, in the order in which `sysctl -a` walks them. */
export function sysctlTree(
  release: Release,
  host: { hostname: string; hostuuid: string },
): readonly Oid[] {
  return [
    ...kernelOids(release, host),
    ...hardwareOids(release),
    ...networkOids(),
    ...jailOids(release),
  ];
}

/** The description and rights of a leaf; its present value lies in `machine.sysctl`. */
export function describeOid(machine: Machine, name: string): Oid | undefined {
  const linux = linuxVariables(machine).find((one) => one.name === name);
  return linux ?? describedOids(machine.release).get(name);
}

/** The jail parameters that the kernel with its present modules knows, in the kernel's order. */
export function listJailParameterOids(machine: Machine): readonly Oid[] {
  return jailParameterOids(machine.release, machine.modules);
}

/** What a process reads: in a jail the kernel answers with the jail's own identity. */
export function readSysctl(process: Process, name: string): string | undefined {
  const value = process.machine.sysctl.get(name);
  if (value === undefined || process.jid === 0) return value;
  return jailedValue(process, name) ?? value;
}

function jailedValue(process: Process, name: string): string | undefined {
  if (name === "security.jail.jailed") return "1";
  const parameters = process.machine.jails.get(process.jid)?.parameters;
  const own = (parameter: string): string | undefined => {
    const value = parameters?.get(parameter);
    return typeof value === "string" ? value : undefined;
  };
  if (name === "security.jail.vnet") return own("vnet") === "new" ? "1" : "0";
  if (name === "security.jail.enforce_statfs") return own("enforce_statfs");
  if (name === "security.jail.devfs_ruleset") return own("devfs_ruleset");
  if (name === "security.jail.children.max") return own("children.max");
  if (name === "security.jail.children.cur") return own("children.cur");
  if (name === "kern.hostname") return own("host.hostname");
  if (name === "kern.hostuuid") return own("host.hostuuid");
  if (name === "kern.hostid") return own("host.hostid");
  if (name === "kern.osrelease") return own("osrelease");
  if (name === "kern.osreldate") return own("osreldate");
  if (name === "kern.securelevel") return own("securelevel");
  return undefined;
}
