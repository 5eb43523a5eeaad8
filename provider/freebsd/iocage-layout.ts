/**
 * What iocage (the one in Python) leaves on a host: <pool>/iocage with defaults.json and jails/NAME/config.json, of
 * which each has only what differs from the one before and from iocage's own defaults. It writes no jail.conf but
 * the one of a running jail, /var/run/jail.ioc-NAME.conf.
 */
import { z } from "zod";
import type { ConfiguredParameters } from "./configured.js";
import type { FoundJail } from "./found-jail.js";

const config = z.record(z.string(), z.unknown());

type Config = Readonly<Record<string, unknown>>;

/** Undefined when the text is no JSON object. */
export function parseIocageConfig(text: string): Config | undefined {
  try {
    return config.parse(JSON.parse(text));
  } catch {
    return undefined; // Cut short, or another program's: told as a file that is not understood.
  }
}

/** Flags that iocage gives to jail(8) when they are 1, by its own names; and what they are when no file says. */
const flags: Readonly<Record<string, boolean>> = {
  mount_devfs: true,
  mount_fdescfs: true,
  exec_clean: true,
  allow_set_hostname: true,
  ...Object.fromEntries(
    (
      "sysvipc raw_sockets chflags mlock mount mount_devfs mount_fusefs mount_nullfs mount_procfs mount_linprocfs " +
      "mount_tmpfs mount_zfs quotas socket_af vmm"
    )
      .split(" ")
      .map((name) => [`allow_${name}`, false]),
  ),
};

/** Names of flags have a dot before what jail(8) has a dot before. */
const flagName = (key: string): string =>
  key.replace(/^(exec|mount|allow)_/, "$1.").replace(/^allow\.mount_/, "allow.mount.");

/** Values that are handed on, and iocage's own defaults for them. */
const values: readonly (readonly [string, string, string])[] = [
  ["host_domainname", "host.domainname", "none"],
  ["securelevel", "securelevel", "2"],
  ["devfs_ruleset", "devfs_ruleset", "4"],
  ["enforce_statfs", "enforce_statfs", "2"],
  ["children_max", "children.max", "0"],
  ["exec_timeout", "exec.timeout", "60"],
  ["stop_timeout", "stop.timeout", "30"],
  ["sysvmsg", "sysvmsg", "new"],
  ["sysvsem", "sysvsem", "new"],
  ["sysvshm", "sysvshm", "new"],
  ["exec_start", "exec.start", "/bin/sh /etc/rc"],
  ["exec_stop", "exec.stop", "/bin/sh /etc/rc.shutdown"],
  ["exec_prestart", "exec.prestart", "/usr/bin/true"],
  ["exec_created", "exec.created", "/usr/bin/true"],
  ["exec_poststart", "exec.poststart", "/usr/bin/true"],
  ["exec_prestop", "exec.prestop", "/usr/bin/true"],
  ["exec_poststop", "exec.poststop", "/usr/bin/true"],
];

const isSet = (value: string): boolean => !["", "none", "0", "off"].includes(value);

interface Sources {
  /** "…/jails/NAME" */
  readonly directory: string;
  readonly config: Config;
  readonly defaults: Config;
  /** What the file of the running jail says, where it runs. */
  readonly runtime?: ConfiguredParameters | undefined;
}

/** Undefined for what is no jail, as a template is. */
export function readIocage(sources: Sources): FoundJail | undefined {
  const { directory, defaults, runtime = [] } = sources;
  const all: Config = { ...defaults, ...sources.config };
  const get = (key: string, unless: string): string => `${all[key] ?? unless}`;
  if (isSet(get("template", "0"))) return undefined;
  const name = directory.slice(directory.lastIndexOf("/") + 1).replaceAll(".", "_");
  const told = values.flatMap(([key, parameter, unless]): [string, readonly string[]][] => {
    const value = get(key, unless);
    return value === "none" || value === "/usr/bin/true" ? [] : [[parameter, [value]]];
  });
  const on = Object.entries(flags).filter(([key, unless]) => isSet(get(key, unless ? "1" : "0")));
  const parameters = new Map<string, readonly string[]>([
    ["host.hostname", [get("host_hostname", name)]],
    ["host.hostuuid", [name]],
    ["path", [`${directory}/root`]],
    ["mount.fstab", [`${directory}/fstab`]],
    ["persist", []],
    ...on.map(([key]): [string, readonly string[]] => [flagName(key), []]),
    ...told,
    ...(isSet(get("vnet", "0")) ? [["vnet", []] as const] : network(get)),
    ...runtime,
  ]);
  return {
    ...{ tool: "iocage", file: `${directory}/config.json`, name: `ioc-${name}`, parameters },
    autostart: isSet(get("boot", "0")),
    notes: notesOf(get),
  };
}

type Get = (key: string, unless: string) => string;

function network(get: Get): [string, readonly string[]][] {
  return (["ip4", "ip6"] as const).flatMap((family): [string, readonly string[]][] => {
    const list = get(`${family}_addr`, "none");
    if (isSet(list)) return [[`${family}.addr`, list.split(",")]];
    const mode = get(family, "new");
    return mode === "new" ? [] : [[family, [mode]]];
  });
}

/** What iocage does around jail(8): interfaces of a vnet jail, DHCP, NAT, datasets, limits. */
function notesOf(get: Get): string[] {
  const does: readonly (readonly [string, string])[] = [
    [
      "vnet",
      `makes its interfaces ${get("interfaces", "vnet0:bridge0")} with ${get("ip4_addr", "none")}`,
    ],
    ["dhcp", "has it ask for an address by DHCP"],
    ["nat", "translates its addresses (nat)"],
    ["jail_zfs", `gives it the datasets ${get("jail_zfs_dataset", "")}`],
    ["mount_procfs", "mounts /proc in it"],
    ["mount_linprocfs", "mounts /compat/linux/proc in it"],
    ["assign_localhost", "gives it an address of lo0"],
    ["cpuset", `binds it to the processors ${get("cpuset", "")}`],
    ["memoryuse", `limits its memory to ${get("memoryuse", "")}`],
    ["pcpu", `limits its share of processors to ${get("pcpu", "")}`],
    ["depends", `starts ${get("depends", "")} before it`],
  ];
  return does.filter(([key]) => isSet(get(key, "none"))).map(([, text]) => `iocage ${text}`);
}
