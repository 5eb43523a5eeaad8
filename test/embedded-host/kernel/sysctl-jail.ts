import type { Release } from "../contract.js";
import type { Oid } from "./sysctl.js";

const SINCE_15 = true;

type Row = readonly [name: string, description: string, since15?: boolean];

/** Parameters in the order in which the kernel lists them: the reverse of their registration. */
const PARAMETERS: readonly Row[] = [
  ["zfs", "Jail ZFS parameters"],
  ["zfs.mount_snapshot", "Allow mounting snapshots in the .zfs directory for unjailed datasets"],
  ["zfs.", "Jail ZFS parameters"],
  ["mac", "Jail parameters for MAC policy controls", SINCE_15],
  ["sysvshm", "SYSV shared memory"],
  ["sysvshm.", "SYSV shared memory"],
  ["sysvsem", "SYSV semaphores"],
  ["sysvsem.", "SYSV semaphores"],
  ["sysvmsg", "SYSV message queues"],
  ["sysvmsg.", "SYSV message queues"],
  ["env", "Jail meta information readable by the jail", SINCE_15],
  ["meta", "Jail meta information hidden from the jail", SINCE_15],
  ["allow", "Jail permission flags"],
  ["allow.mount", "Jail mount/unmount permission flags"],
  ["allow.mount.", "Jail may mount/unmount jail-friendly file systems in general"],
  ["allow.setaudit", "Jail may set and get audit session state", SINCE_15],
  ["allow.routing", "Jail may modify routing table", SINCE_15],
  ["allow.settime", "Jail may set system time", SINCE_15],
  ["allow.adjtime", "Jail may adjust system time", SINCE_15],
  ["allow.extattr", "Jail may set system-level filesystem extended attributes", SINCE_15],
  ["allow.nfsd", "Mountd/nfsd may run in the jail", SINCE_15],
  ["allow.suser", "Processes in jail with uid 0 have privilege"],
  [
    "allow.unprivileged_parent_tampering",
    "Unprivileged parent jail processes may tamper with same-uid processes (signal/debug/cpuset)",
    SINCE_15,
  ],
  ["allow.unprivileged_proc_debug", "Unprivileged processes may use process debugging facilities"],
  ["allow.read_msgbuf", "Jail may read the kernel message buffer"],
  ["allow.reserved_ports", "Jail may bind sockets to reserved ports"],
  ["allow.mlock", "Jail may lock (unlock) physical pages in memory"],
  ["allow.socket_af", "Jail may create sockets other than just UNIX/IPv4/IPv6/route"],
  ["allow.quotas", "Jail may set file quotas"],
  ["allow.chflags", "Jail may alter system file flags"],
  ["allow.raw_sockets", "Jail may create raw sockets"],
  ["allow.sysvipc", "Jail may use SYSV IPC"],
  ["allow.set_hostname", "Jail may set hostname"],
  ["ip6", "Jail IPv6 address virtualization"],
  [
    "ip6.saddrsel",
    "Do (not) use IPv6 source address selection rather than the primary jail IPv6 address.",
  ],
  ["ip6.addr", "Jail IPv6 addresses"],
  ["ip6.", "Jail IPv6 address virtualization"],
  ["ip4", "Jail IPv4 address virtualization"],
  [
    "ip4.saddrsel",
    "Do (not) use IPv4 source address selection rather than the primary jail IPv4 address.",
  ],
  ["ip4.addr", "Jail IPv4 addresses"],
  ["ip4.", "Jail IPv4 address virtualization"],
  ["cpuset", "Jail cpuset"],
  ["cpuset.id", "Jail cpuset ID"],
  ["host", "Jail host info"],
  ["host.hostid", "Jail host ID"],
  ["host.hostuuid", "Jail host UUID"],
  ["host.domainname", "Jail NIS domainname"],
  ["host.hostname", "Jail hostname"],
  ["host.", "Jail host info"],
  ["children", "Number of child jails"],
  ["children.max", "Maximum number of child jails"],
  ["children.cur", "Current number of child jails"],
  ["dying", "Jail is in the process of shutting down"],
  ["vnet", "Virtual network stack"],
  ["persist", "Jail persistence"],
  ["devfs_ruleset", "Ruleset for in-jail devfs mounts"],
  ["enforce_statfs", "Jail cannot see all mounted file systems"],
  ["osrelease", "Jail value for kern.osrelease and uname -r"],
  ["osreldate", "Jail value for kern.osreldate and uname -K"],
  ["securelevel", "Jail secure level"],
  ["path", "Jail root path"],
  ["name", "Jail name"],
  ["parent", "Jail parent ID"],
  ["jid", "Jail ID"],
];

/** File systems that register a parameter of their own: the latest one that registered comes first. */
const MOUNTABLE: Record<Release, readonly string[]> = {
  "13.2-RELEASE": ["fdescfs", "nullfs", "devfs", "procfs", "zfs", "tmpfs"],
  "15.1-RELEASE-p1": ["fdescfs", "nullfs", "zfs", "tmpfs", "procfs", "devfs"],
};

function mountParameters(release: Release, modules: ReadonlySet<string>): Row[] {
  return MOUNTABLE[release]
    .filter((type) => type === "devfs" || modules.has(type))
    .map((type) => [`allow.mount.${type}`, `Jail may mount the ${type} file system`]);
}

function isKnown(row: Row, release: Release, modules: ReadonlySet<string>): boolean {
  if (row[2] === SINCE_15 && release === "13.2-RELEASE") return false;
  return modules.has("zfs") || !/^zfs(\.|$)/.test(row[0]);
}

/** `security.jail.param` of a release. Parameters of a module exist only while it is loaded. */
export function jailParameterOids(release: Release, modules: ReadonlySet<string>): readonly Oid[] {
  const rows: Row[] = [];
  for (const row of PARAMETERS) {
    if (row[0] === "allow.mount.") rows.push(...mountParameters(release, modules));
    if (isKnown(row, release, modules)) rows.push(row);
  }
  return rows.map(([name, description]) => ({
    name: `security.jail.param.${name}`,
    value: "",
    description,
  }));
}
