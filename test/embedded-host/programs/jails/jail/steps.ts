/** The order of work of jail(8), and the commands it runs for each step. */
import { isNewer } from "../../../kernel/network/interface.js";
import { decoded } from "../mount/fstab.js";
import { checkPath } from "./check-path.js";
import { type JailRun, runningJail, warnAbout } from "./run.js";
import type { JailSpec } from "./spec.js";

/** Steps of making a jail. A failure undoes those before, the last one first. */
export const startSteps = [
  "exec.prepare",
  "ip4",
  "ip6",
  "mount",
  "mount.fstab",
  "mount.devfs",
  "mount.fdescfs",
  "mount.procfs",
  "exec.prestart",
  "jail",
  "exec.created",
  "zfs.dataset",
  "vnet.interface",
  "exec.start",
  "command",
  "exec.poststart",
] as const;

/** Steps of removing a jail. */
export const stopSteps = [
  "exec.prestop",
  "exec.stop",
  "stop.timeout",
  "jail",
  "exec.poststop",
  "mount.procfs",
  "mount.fdescfs",
  "mount.devfs",
  "mount.fstab",
  "mount",
  "ip6",
  "ip4",
  "exec.release",
] as const;

export type Step = (typeof startSteps)[number] | (typeof stopSteps)[number];

/** What a step is repeated for; a step that is done once has one empty item. */
export function itemsOf(spec: JailSpec, step: Step): readonly string[] {
  switch (step) {
    case "jail":
    case "stop.timeout":
      return [""];
    case "ip4":
    case "ip6":
      return spec.derived[step];
    case "mount.fstab":
      return spec.derived.fstab;
    case "mount.devfs":
    case "mount.fdescfs":
    case "mount.procfs":
      return spec.isSet(step) ? [""] : [];
    case "command":
      return spec.name === undefined && spec.find(step) ? [""] : spec.list(step);
    default:
      return spec.list(step);
  }
}

/** The command of an item; undefined when there is nothing to run, false when it is refused. */
export function commandOf(
  run: JailRun,
  spec: JailSpec,
  step: Step,
  item: string,
  down: boolean,
): readonly string[] | undefined | false {
  switch (step) {
    case "ip4":
    case "ip6":
      return addressCommand(spec, step, item, down);
    case "vnet.interface":
      return ["/sbin/ifconfig", item, down ? "-vnet" : "vnet", vnetTarget(run, spec)];
    case "zfs.dataset":
      return ["/sbin/zfs", down ? "unjail" : "jail", vnetTarget(run, spec), item];
    case "mount":
    case "mount.fstab":
      return mountCommand(run, spec, step, item, down);
    case "mount.devfs":
      return standardMount(run, spec, { step, type: "devfs", below: "dev" }, down);
    case "mount.fdescfs":
      return standardMount(run, spec, { step, type: "fdescfs", below: "dev/fd" }, down);
    case "mount.procfs":
      return standardMount(run, spec, { step, type: "procfs", below: "proc" }, down);
    case "command":
      return spec.name === undefined ? spec.list("command") : shellCommand(item);
    default:
      return shellCommand(item);
  }
}

/** From 14 on jail(8) calls the jail by its jid, before by its name. */
function vnetTarget(run: JailRun, spec: JailSpec): string {
  const jid = runningJail(run, spec)?.jid;
  if (isNewer(run.process.machine.release) && jid !== undefined) return String(jid);
  return spec.text("jid") ?? spec.text("name") ?? "";
}

function addressCommand(spec: JailSpec, family: "ip4" | "ip6", item: string, down: boolean) {
  const bar = item.indexOf("|");
  const name = bar < 0 ? (spec.text("interface") ?? "") : item.slice(0, bar);
  const address = item.slice(bar + 1);
  const end = down ? "-alias" : "alias";
  if (family === "ip6") {
    const length = address.includes("/") ? [] : ["prefixlen", "128"];
    return ["/sbin/ifconfig", name, "inet6", address, ...length, end];
  }
  const slash = address.indexOf("/");
  const mask = slash < 0 ? "255.255.255.255" : address.slice(slash + 1);
  // A mask with a dot anywhere is taken for a netmask, whatever else it holds.
  const parts = mask.includes(".")
    ? [slash < 0 ? address : address.slice(0, slash), "netmask", mask]
    : [address];
  return ["/sbin/ifconfig", name, "inet", ...parts, end];
}

function mountCommand(run: JailRun, spec: JailSpec, step: Step, item: string, down: boolean) {
  const [from, target, type, options] = item
    .split(/[ \t\f\v\r\n]+/)
    .filter((field) => field !== "")
    .map(decoded);
  if (from === undefined) return undefined;
  if (target === undefined || type === undefined) {
    warnAbout(run, spec, `${step}: ${item}: missing information`);
    return false;
  }
  const unmount = down ? type : undefined;
  if (!checkPath(run, spec, { parameter: step, path: target, unmount })) return false;
  if (down) return ["/sbin/umount", "-t", type, target];
  const given = options === undefined ? [] : ["-o", options];
  return ["/sbin/mount", "-t", type, ...given, from, target];
}

function standardMount(
  run: JailRun,
  spec: JailSpec,
  { step, type, below }: { step: Step; type: string; below: string },
  down: boolean,
) {
  const path = spec.text("path");
  if (path === undefined) {
    warnAbout(run, spec, `${step}: no path`);
    return false;
  }
  const target = `${path}/${below}`;
  const unmount = down ? type : undefined;
  if (!checkPath(run, spec, { parameter: step, path: target, unmount })) return false;
  if (down) return ["/sbin/umount", target];
  if (type !== "devfs") return ["/sbin/mount", "-t", type, ".", target];
  // The set of rules that rc.subr(8) uses when none is given is that for jails.
  const ruleset = spec.text("devfs_ruleset") ?? "4";
  return ["/sbin/mount", "-t", "devfs", "-o", `ruleset=${ruleset}`, "devfs", target];
}

/** A command with a character of the shell is run by it, any other is split at blanks. */
export function shellCommand(text: string): readonly string[] {
  const special = /[!"$&'()*;<>?[\\\]`{|}~]/;
  const bare = text.endsWith("&") ? text.slice(0, -1) : text;
  if (special.test(bare)) return ["/bin/sh", "-c", text];
  return bare.split(/[ \t\f\v\r\n]+/).filter((word) => word !== "");
}

/** True for a command that is left running: only an "&" at its end is special. */
export function isBackground(text: string): boolean {
  return text.endsWith("&") && shellCommand(text)[1] !== "-c";
}
