import type { Machine, Release } from "../../contract.js";

/** What a parameter holds: `system` is disable, new or inherit; `keys` are lines of `key=value`. */
export type ParameterKind = "boolean" | "integer" | "string" | "system" | "inet" | "inet6" | "keys";

export interface JailParameter {
  readonly name: string;
  readonly kind: ParameterKind;
  /** `create`: only given when the jail is made. `read`: only ever read. */
  readonly access: "write" | "create" | "read";
  /** The value of a jail for which it was not given. */
  readonly initial: string | boolean;
}

interface Row extends JailParameter {
  /** The kernel module that brings the parameter. */
  readonly module?: string;
  readonly since15?: boolean;
}

function row(
  name: string,
  kind: ParameterKind,
  initial: string | boolean,
  more: Partial<Pick<Row, "access" | "module" | "since15">> = {},
): Row {
  return { name, kind, initial, access: "write", ...more };
}

const core: readonly Row[] = [
  row("devfs_ruleset", "integer", "0"),
  row("dying", "boolean", false, { access: "read" }),
  row("enforce_statfs", "integer", "2"),
  row("env", "keys", "", { since15: true }),
  row("host", "system", "new"),
  row("ip4", "system", "disable", { access: "create" }),
  row("ip6", "system", "disable", { access: "create" }),
  row("jid", "integer", "0", { access: "create" }),
  row("meta", "keys", "", { since15: true }),
  row("name", "string", ""),
  row("osreldate", "integer", "", { access: "create" }),
  row("osrelease", "string", "", { access: "create" }),
  row("parent", "integer", "0", { access: "read" }),
  row("path", "string", "/", { access: "create" }),
  row("persist", "boolean", false),
  row("securelevel", "integer", "-1"),
  row("sysvmsg", "system", "disable"),
  row("sysvsem", "system", "disable"),
  row("sysvshm", "system", "disable"),
  row("vnet", "system", "inherit", { access: "create" }),
  row("zfs", "system", "new", { module: "zfs" }),
  row("zfs.mount_snapshot", "integer", "0", { module: "zfs" }),
  row("children.cur", "integer", "0", { access: "read" }),
  row("children.max", "integer", "0"),
  row("cpuset.id", "integer", "0", { access: "read" }),
  row("host.domainname", "string", ""),
  row("host.hostid", "integer", "0"),
  row("host.hostname", "string", ""),
  row("host.hostuuid", "string", "00000000-0000-0000-0000-000000000000"),
  row("ip4.addr", "inet", ""),
  row("ip4.saddrsel", "boolean", true),
  row("ip6.addr", "inet6", ""),
  row("ip6.saddrsel", "boolean", true),
];

const allowed: Readonly<Record<string, boolean>> = {
  chflags: false,
  mlock: false,
  mount: false,
  quotas: false,
  raw_sockets: false,
  read_msgbuf: false,
  reserved_ports: true,
  set_hostname: true,
  socket_af: false,
  suser: true,
  sysvipc: false,
  unprivileged_proc_debug: true,
};

const allowedSince15 = [
  "adjtime",
  "extattr",
  "nfsd",
  "routing",
  "setaudit",
  "settime",
  "unprivileged_parent_tampering",
];

/** File systems that a jail may be allowed to mount; each only while its module is loaded. */
const mountable = [
  "devfs",
  "fdescfs",
  "fusefs",
  "linprocfs",
  "linsysfs",
  "nullfs",
  "procfs",
  "tmpfs",
  "zfs",
];

const table: readonly Row[] = [
  ...core,
  ...Object.entries(allowed).map(([name, value]) => row(`allow.${name}`, "boolean", value)),
  ...allowedSince15.map((name) => row(`allow.${name}`, "boolean", false, { since15: true })),
  ...mountable.map((name) => row(`allow.mount.${name}`, "boolean", false, { module: name })),
].sort((a, b) => order(a.name, b.name));

/** jls(8) puts parameters without a dot first. */
function order(a: string, b: string): number {
  const dots = Number(a.includes(".")) - Number(b.includes("."));
  return dots !== 0 ? dots : a < b ? -1 : 1;
}

/** kern.osreldate of a release: 15.1-RELEASE-p1 is 1501000, releases before 14 count their patches. */
export function osreldateOf(release: Release): string {
  return release === "13.2-RELEASE" ? "1302001" : "1501000";
}

/** The parameters that the machine's kernel knows now, in the order in which jls(8) lists them. */
export function jailParameters(machine: Pick<Machine, "release" | "modules">): JailParameter[] {
  const new15 = machine.release.startsWith("15.");
  return table.filter(
    (one) => (new15 || !one.since15) && (!one.module || machine.modules.has(one.module)),
  );
}

/** "allow.noraw_sockets" is the opposite of "allow.raw_sockets"; undefined when it is no such name. */
export function positiveName(name: string): string | undefined {
  const dot = name.lastIndexOf(".") + 1;
  return name.startsWith("no", dot) ? name.slice(0, dot) + name.slice(dot + 2) : undefined;
}

/** The name that says a boolean is not set. */
export function negativeName(name: string): string {
  const dot = name.lastIndexOf(".") + 1;
  return `${name.slice(0, dot)}no${name.slice(dot)}`;
}
