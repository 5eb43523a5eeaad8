/**
 * The parameters of jail(8), of FreeBSD 13.2 to 15.1: what kind of value each takes, and what changing it means for a
 * running jail, with the source of that.
 *
 * "live" is what `jail -m` changes; "restart" what the kernel refuses to change after creation, and what jail(8) itself
 * only does when it creates a jail; "stop" is read from the file when the jail is removed, so that writing the file is
 * all.
 */
export type ParameterKind = "boolean" | "integer" | "text" | "list" | "any";
export type ParameterEffect = "live" | "restart" | "stop";

export interface Parameter {
  readonly kind: ParameterKind;
  readonly effect: ParameterEffect;
  /** Where the effect is from. */
  readonly source: string;
  /** What takes it back to its default in a running jail, as an argument of jail -m; absent: a restart does. */
  readonly reset?: string;
  readonly range?: readonly [number, number];
  readonly values?: readonly string[];
  /** Handled by jail(8), unknown to the kernel's `security.jail.param`. */
  readonly pseudo?: boolean;
  /** Of a kernel module, or of a newer kernel than 13.2's: the host may not know it. */
  readonly optional?: boolean;
}

type Group = readonly [name: string, parameter: Parameter][];

const sources = {
  tried: "jail -m on a running jail: transcripts 04, 21 and 30",
  writable: "kern_jail.c, sysctl security.jail.param: may be written in a running jail",
  fixed: "transcripts 04, 09 and 21: cannot be changed after creation",
  tunable: "kern_jail.c: read only after creation (CTLFLAG_RDTUN)",
  mounted: "devfs(8): what is mounted keeps its rules until it is mounted anew",
  module: "jail(8): kept for whoever has the module's state already",
  start: "jail(8), command.c: done when the jail is created",
  removal: "jail(8), command.c: read from the file when the jail is removed",
} as const;

/** `allow.mount.nullfs` is switched off by `allow.mount.nonullfs`. */
export function noParameter(name: string): string {
  const dot = name.lastIndexOf(".") + 1;
  return `${name.slice(0, dot)}no${name.slice(dot)}`;
}

const live = (kind: ParameterKind, more: Partial<Parameter> = {}): Parameter => ({
  ...{ kind, effect: "live", source: sources.writable },
  ...more,
});
const restart = (kind: ParameterKind, more: Partial<Parameter> = {}): Parameter => ({
  ...{ kind, effect: "restart", source: sources.tunable },
  ...more,
});

/** A permission of a jail: off, unless it is one that jails have. */
export const permission = (name: string, more: Partial<Parameter> = {}): Parameter =>
  live("boolean", { reset: noParameter(name), ...more });

const permissions = (names: string, more: Partial<Parameter> = {}): Group =>
  names.split(" ").map((each) => [`allow.${each}`, permission(`allow.${each}`, more)]);

const usual = (names: string): Group =>
  names.split(" ").map((each) => [`allow.${each}`, live("boolean", { reset: `allow.${each}` })]);

/** What jail(8) itself does. */
const pseudo = (names: string, kind: ParameterKind, effect: "restart" | "stop"): Group =>
  names.split(" ").map((name) => {
    const source = effect === "stop" ? sources.removal : sources.start;
    return [name, { kind, effect, source, pseudo: true }];
  });

const tried = { source: sources.tried };
const optional = { optional: true };
const ofModule = { source: sources.module, optional: true };
const sysv = restart("text", { values: ["disable", "inherit", "new"], source: sources.module });
const stack = (values: string, source: string) =>
  restart("text", { values: values.split(" "), source });

export const parameterTable: ReadonlyMap<string, Parameter> = new Map<string, Parameter>([
  ...permissions("raw_sockets set_hostname", tried),
  ...permissions("sysvipc chflags mount quotas socket_af mlock read_msgbuf"),
  ...permissions("nfsd extattr adjtime settime routing setaudit", optional),
  ...permissions("unprivileged_parent_tampering vmm vmm_ppt", optional),
  ...usual("reserved_ports unprivileged_proc_debug suser"),
  ...permissions("mount.devfs"),
  ...permissions("mount.fdescfs mount.fusefs mount.nullfs mount.procfs mount.tmpfs", optional),
  ...permissions("mount.linprocfs mount.linsysfs mount.zfs", optional),
  ["enforce_statfs", live("integer", { reset: "enforce_statfs=2", range: [0, 2], ...tried })],
  ["securelevel", live("integer", { reset: "securelevel=-1", range: [-1, 3], ...tried })],
  ["children.max", live("integer", { reset: "children.max=0", range: [0, 999_999], ...tried })],
  ["host.domainname", live("text", { reset: "host.domainname=" })],
  ["host.hostuuid", live("text")],
  ["host.hostid", live("integer", { range: [0, 4_294_967_295] })],
  ["ip4.saddrsel", live("boolean", { reset: "ip4.saddrsel" })],
  ["ip6.saddrsel", live("boolean", { reset: "ip6.saddrsel" })],
  ["persist", live("boolean", { reset: "nopersist", ...tried })],
  // The value changes live, but what is mounted on /dev does not.
  ["devfs_ruleset", restart("integer", { range: [0, 65_535], source: sources.mounted })],
  ["vnet", stack("new inherit", sources.fixed)],
  ["host", stack("new inherit", sources.start)],
  ["ip4", stack("new inherit disable", sources.fixed)],
  ["ip6", stack("new inherit disable", sources.fixed)],
  ["osrelease", restart("text", { source: sources.fixed })],
  ["osreldate", restart("integer", { range: [0, 99_999_999] })],
  ["sysvmsg", sysv],
  ["sysvsem", sysv],
  ["sysvshm", sysv],
  ["linux", restart("text", { values: ["new", "inherit"], ...ofModule })],
  ["linux.osname", restart("text", ofModule)],
  ["linux.osrelease", restart("text", ofModule)],
  ["linux.oss_version", restart("integer", { range: [0, 99_999_999], ...ofModule })],
  ["zfs", restart("text", { values: ["new", "inherit", "disable"], ...ofModule })],
  ["zfs.mount_snapshot", restart("integer", { range: [0, 1], ...ofModule })],
  ["mac.label", restart("text", ofModule)],
  // Whole, as it replaces all of its keys; keys alone are live.
  ["meta", restart("text", optional)],
  ["env", restart("text", optional)],
  ...pseudo("exec.prepare exec.prestart exec.created exec.start exec.poststart", "list", "restart"),
  ...pseudo("command exec.jail_user exec.system_user exec.consolelog", "text", "restart"),
  ...pseudo("exec.clean exec.system_jail_user ip_hostname", "boolean", "restart"),
  ...pseudo("mount.devfs mount.fdescfs mount.procfs", "boolean", "restart"),
  ...pseudo("exec.fib", "integer", "restart"),
  ...pseudo("vnet.interface zfs.dataset", "list", "restart"),
  ...pseudo("exec.prestop exec.stop exec.poststop exec.release depend", "list", "stop"),
  ...pseudo("exec.timeout stop.timeout", "integer", "stop"),
]);

const metaKey: Parameter = live("text", { ...tried, ...optional });

/** `meta.*` and `env.*` are open. */
export const keyParameter = (name: string): Parameter | undefined =>
  /^(meta|env)\.[\w.]+$/.test(name) ? metaKey : undefined;
