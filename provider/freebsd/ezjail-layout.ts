/**
 * What ezjail leaves on a host: /usr/local/etc/ezjail/NAME, in which sh variables say what rc.d/jail of old was told;
 * /etc/fstab.NAME; the jail's root. The name of the file is the kernel's name of the jail.
 */
import { type FoundJail, parseAssignments } from "./found-jail.js";

export const ezjailDirectory = "/usr/local/etc/ezjail";

/** Rule sets of /etc/defaults/devfs.rules. */
const ruleSets: Readonly<Record<string, string>> = {
  devfsrules_hide_all: "1",
  devfsrules_unhide_basic: "2",
  devfsrules_unhide_login: "3",
  devfsrules_jail: "4",
  devfsrules_jail_vnet: "5",
};

const isYes = (value: string): boolean => /^(yes|true|on|1)$/i.test(value);

/** Undefined when the file is none of ezjail's. */
export function readEzjail(file: string, text: string): FoundJail | undefined {
  const base = file.slice(file.lastIndexOf("/") + 1);
  const name = base.replace(/\.norun$/, "");
  const values = parseAssignments(text);
  const get = (key: string): string => values.get(`jail_${name}_${key}`) ?? "";
  if (get("rootdir") === "") return undefined;
  const set = devfsRules(get("devfs_ruleset"));
  const parameters = new Map<string, readonly string[]>([
    ["host.hostname", [get("hostname") || name]],
    ["path", [get("rootdir")]],
    ...addresses(get("ip")),
    ["exec.start", [get("exec_start") || get("exec") || "/bin/sh /etc/rc"]],
    ["exec.stop", [get("exec_stop") || "/bin/sh /etc/rc.shutdown"]],
    ["exec.clean", []],
    ...(isYes(get("devfs_enable")) ? [["mount.devfs", []] as const] : []),
    ...(isYes(get("fdescfs_enable")) ? [["mount.fdescfs", []] as const] : []),
    ...(isYes(get("procfs_enable")) ? [["mount.procfs", []] as const] : []),
    ...(isYes(get("mount_enable")) ? [["mount.fstab", [`/etc/fstab.${name}`]] as const] : []),
    ...(set === undefined ? [] : [["devfs_ruleset", [set]] as const]),
    ...(get("fib") === "" ? [] : [["exec.fib", [get("fib")]] as const]),
    ...words(get("parameters")),
  ]);
  return {
    ...{ tool: "ezjail", file, name, parameters, autostart: base === name },
    notes: [
      ...(get("image") === "" ? [] : [`ezjail attaches the image ${get("image")} to its root`]),
      ...(get("cpuset") === "" ? [] : [`ezjail binds it to the processors ${get("cpuset")}`]),
      ...(get("zfs_datasets") === "" ? [] : [`ezjail gives it ${get("zfs_datasets")}`]),
      ...(get("post_start_script") === ""
        ? []
        : [`ezjail runs ${get("post_start_script")} after its start`]),
    ],
  };
}

const devfsRules = (set: string): string | undefined =>
  ruleSets[set] ?? (/^\d+$/.test(set) ? set : undefined);

/** "em0|10.0.0.2,lo1|127.0.0.2" and addresses alone. */
function addresses(text: string): [string, readonly string[]][] {
  const all = text.split(",").map((each) => each.trim());
  const of = (six: boolean) => all.filter((each) => each !== "" && each.includes(":") === six);
  return (["ip4.addr", "ip6.addr"] as const).flatMap((key): [string, readonly string[]][] => {
    const list = of(key === "ip6.addr");
    return list.length === 0 ? [] : [[key, list]];
  });
}

/** Parameters as on a command line of jail(8). */
function words(text: string): [string, readonly string[]][] {
  return text
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => {
      const at = word.indexOf("=");
      return at < 0 ? [word, []] : [word.slice(0, at), [word.slice(at + 1)]];
    });
}
