/**
 * jail(8) parameters: what kind of value each takes and what changing it means for a running jail.
 *
 * "live" is what `jail -m` changes (kern_jail.c, tried in transcripts 04 and 21); "restart" what the kernel refuses
 * to change after creation, and what jail(8) itself only does when it creates a jail; "stop" is read from the file
 * when the jail is removed, so that writing the file is all.
 */
export type ParameterKind = "boolean" | "integer" | "text" | "list";
export type ParameterEffect = "live" | "restart" | "stop";

export interface Parameter {
  readonly kind: ParameterKind;
  readonly effect: ParameterEffect;
  /** What takes it back to its default in a running jail, as an argument of jail -m; absent: a restart does. */
  readonly reset?: string;
  readonly range?: readonly [number, number];
  readonly values?: readonly string[];
  /** Handled by jail(8), unknown to the kernel's `security.jail.param`. */
  readonly pseudo?: boolean;
}

const live = (kind: ParameterKind, reset?: string, more: Partial<Parameter> = {}): Parameter => ({
  kind,
  effect: "live",
  ...(reset === undefined ? {} : { reset }),
  ...more,
});
const restart = (kind: ParameterKind, more: Partial<Parameter> = {}): Parameter => ({
  kind,
  effect: "restart",
  ...more,
});
const pseudo = (kind: ParameterKind, effect: ParameterEffect = "restart"): Parameter => ({
  kind,
  effect,
  pseudo: true,
});

const allow = (names: string, byDefault = false): [string, Parameter][] =>
  names
    .split(" ")
    .map((name) => [
      `allow.${name}`,
      live("boolean", byDefault ? `allow.${name}` : noParameter(`allow.${name}`)),
    ]);

/** `allow.mount.nullfs` is switched off by `allow.mount.nonullfs`. */
export function noParameter(name: string): string {
  const dot = name.lastIndexOf(".") + 1;
  return `${name.slice(0, dot)}no${name.slice(dot)}`;
}

const sysv = restart("text", { values: ["disable", "inherit", "new"] });

const table = new Map<string, Parameter>([
  ...allow(
    "sysvipc raw_sockets chflags mount quotas socket_af mlock read_msgbuf nfsd extattr adjtime settime routing setaudit unprivileged_parent_tampering vmm vmm_ppt",
  ),
  ...allow("set_hostname"),
  ...allow("reserved_ports unprivileged_proc_debug suser", true),
  ...allow(
    "mount.devfs mount.fdescfs mount.fusefs mount.nullfs mount.procfs mount.linprocfs mount.linsysfs mount.tmpfs mount.zfs",
  ),
  ["enforce_statfs", live("integer", "enforce_statfs=2", { range: [0, 2] })],
  ["securelevel", live("integer", "securelevel=-1", { range: [-1, 3] })],
  ["children.max", live("integer", "children.max=0", { range: [0, 999_999] })],
  ["host.domainname", live("text", "host.domainname=")],
  ["host.hostuuid", live("text")],
  ["host.hostid", live("integer", undefined, { range: [0, 4_294_967_295] })],
  ["ip4.saddrsel", live("boolean", "ip4.saddrsel")],
  ["ip6.saddrsel", live("boolean", "ip6.saddrsel")],
  ["persist", live("boolean", "nopersist")],
  // The value changes live, but the mounted devfs keeps the rules that it was mounted with.
  ["devfs_ruleset", restart("integer", { range: [0, 65_535] })],
  ["vnet", restart("text", { values: ["new", "inherit"] })],
  ["host", restart("text", { values: ["new", "inherit"] })],
  ["ip4", restart("text", { values: ["new", "inherit", "disable"] })],
  ["ip6", restart("text", { values: ["new", "inherit", "disable"] })],
  ["osrelease", restart("text")],
  ["osreldate", restart("integer", { range: [0, 99_999_999] })],
  ["sysvmsg", sysv],
  ["sysvsem", sysv],
  ["sysvshm", sysv],
  ["linux", restart("text", { values: ["new", "inherit"] })],
  ["linux.osname", restart("text")],
  ["linux.osrelease", restart("text")],
  ["linux.oss_version", restart("integer", { range: [0, 99_999_999] })],
  ["zfs", restart("text", { values: ["new", "inherit", "disable"] })],
  ["zfs.mount_snapshot", restart("integer", { range: [0, 1] })],
  ["mac.label", restart("text")],
  ["meta", restart("text")],
  ["env", restart("text")],
  ["exec.prepare", pseudo("list")],
  ["exec.prestart", pseudo("list")],
  ["exec.created", pseudo("list")],
  ["exec.start", pseudo("list")],
  ["exec.poststart", pseudo("list")],
  ["command", pseudo("text")],
  ["exec.clean", pseudo("boolean")],
  ["exec.jail_user", pseudo("text")],
  ["exec.system_jail_user", pseudo("boolean")],
  ["exec.system_user", pseudo("text")],
  ["exec.consolelog", pseudo("text")],
  ["exec.fib", pseudo("integer")],
  ["exec.timeout", pseudo("integer", "stop")],
  ["exec.prestop", pseudo("list", "stop")],
  ["exec.stop", pseudo("list", "stop")],
  ["exec.poststop", pseudo("list", "stop")],
  ["exec.release", pseudo("list", "stop")],
  ["stop.timeout", pseudo("integer", "stop")],
  ["depend", pseudo("list", "stop")],
  ["ip_hostname", pseudo("boolean")],
  ["vnet.interface", pseudo("list")],
  ["zfs.dataset", pseudo("list")],
  ["mount.devfs", pseudo("boolean")],
  ["mount.fdescfs", pseudo("boolean")],
  ["mount.procfs", pseudo("boolean")],
]);

/**
 * Values of a jail for which nothing was set, of the parameters that can be set back in a running one. A jail gets no
 * more than its host has: where a hardened host gives less (security.bsd.unprivileged_proc_debug=0, a kern.securelevel
 * above -1) the kernel refuses the usual value, or it would undo the hardening. So only what gives a jail more than
 * usual is compared.
 */
export const kernelDefaults: Readonly<Record<string, boolean | number>> = Object.fromEntries(
  [...table].flatMap(([name, { kind, reset }]): [string, boolean | number][] => {
    if (reset === undefined || reset === name || name === "securelevel") return [];
    if (kind === "boolean") return [[name, false]];
    return kind === "integer" ? [[name, Number(reset.split("=")[1])]] : [];
  }),
);

/** Parameters that a property of Jail sets, and which. */
export const managedParameters: Readonly<Record<string, string>> = {
  jid: "(given by the kernel)",
  name: "name",
  path: "(derived from the host's root and name)",
  "host.hostname": "hostname",
  "ip4.addr": "addresses",
  "ip6.addr": "addresses",
  interface: "addresses",
  "mount.fstab": "mounts",
  mount: "mounts",
};

/** The parameter, or undefined when jail(8) has none of that name. `meta.*` and `env.*` are open. */
export function findParameter(name: string): Parameter | undefined {
  const found = table.get(name);
  if (found !== undefined) return found;
  return /^(meta|env)\.[\w.]+$/.test(name) ? live("text") : undefined;
}

/** The known name that is closest to a mistyped one. */
export function nearestParameter(name: string): string {
  const names = [...table.keys(), ...Object.keys(managedParameters)];
  const ranked = names.map((known) => [distance(name, known), known] as const);
  return ranked.sort(([a], [b]) => a - b)[0]![1];
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** Whether the host's kernel must know the parameter, so that sysctl security.jail.param can tell. */
export function isKernelParameter(name: string): boolean {
  const parameter = findParameter(name) ?? findParameter(`${name}.x`);
  return parameter !== undefined && parameter.pseudo !== true;
}
