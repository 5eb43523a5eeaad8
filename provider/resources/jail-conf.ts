/** A jail's configuration as the declared properties want it: jail.conf and fstab. */
import type { ConfValue, JailConf } from "../freebsd/jail-conf.js";
import { consoleLog, fstabFile, type Storage } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { releaseName } from "../freebsd/names.js";
import { findParameter, kernelDefaults } from "../freebsd/parameters.js";
import type { JailAddress } from "./jail-addresses.js";
import type { JailInputs } from "./jail-inputs.js";
import { limitHooks } from "./jail-limits-hooks.js";
import { desiredFstab } from "./jail-mounts.js";
import { isLinux, linuxDefaults, linuxHooks } from "./linux-jail.js";
import type { Target } from "./resource.js";
import { rootOf } from "./thin.js";
import { deviceHooks } from "./thin-hooks.js";

type ParameterValue = JailInputs["parameters"][string];

/** Parameters of every jail, unless the program says otherwise: the handbook's, and the manual's safe ones. */
const defaults: Readonly<Record<string, ParameterValue>> = {
  "mount.devfs": true,
  "exec.clean": true,
  "exec.start": "/bin/sh /etc/rc",
  "exec.stop": "/bin/sh /etc/rc.shutdown",
  enforce_statfs: 2,
  "allow.set_hostname": false,
};

/**
 * What the jail takes for its kernel's release: that of its base, or pkg(8) and freebsd-update(8) in a jail of another
 * release than the host's would go by the host's. Patch levels change under way and are left out.
 */
const releaseParameter = ({ base }: JailInputs): Record<string, ParameterValue> =>
  releaseName.safeParse(base.release).success ? { osrelease: base.release } : {};

/** The parameters of a jail with the defaults for what is not declared. */
function ownParameters(inputs: JailInputs): Record<string, ParameterValue> {
  const vnet = inputs.parameters.vnet === "new";
  const merged: Record<string, ParameterValue> = {
    ...(isLinux(inputs) ? linuxDefaults : defaults),
    ...releaseParameter(inputs),
    "exec.consolelog": consoleLog(inputs.name),
    ...inputs.parameters,
  };
  // Devices of a jail with a network stack of its own: the rule set that also shows pf and the like.
  if (merged["mount.devfs"] === true || isLinux(inputs)) merged.devfs_ruleset ??= vnet ? 5 : 4;
  return merged;
}

/** What the jail's file says: also what brings the device of a thin jail, and takes it away. */
function confParameters(inputs: JailInputs, storage: Storage): Record<string, ParameterValue> {
  const own = ownParameters(inputs);
  const hooks = deviceHooks(inputs, storage);
  const limits = limitHooks(inputs);
  const linux = linuxHooks(inputs, rootOf(inputs, storage), own.devfs_ruleset);
  const prestart = [...limits.prestart, ...linux];
  return {
    ...own,
    ...listed("exec.prestart", [...prestart, ...declared(own["exec.prestart"])]),
    ...listed("exec.created", [...limits.created, ...declared(own["exec.created"])]),
    ...listed("exec.prepare", [...hooks.prepare, ...declared(own["exec.prepare"])]),
    ...listed("exec.release", [...declared(own["exec.release"]), ...hooks.release]),
  };
}

const declared = (value: ParameterValue | undefined): string[] =>
  value === undefined ? [] : [value].flat().map((each) => `${each}`);

const listed = (name: string, list: string[]): Record<string, string[]> =>
  list.length === 0 ? {} : { [name]: list };

/** What the kernel of a running jail has to show: what is declared, and jail(8)'s defaults for the rest. */
export function kernelParameters(inputs: JailInputs): Record<string, ParameterValue> {
  return { ...kernelDefaults, ...ownParameters(inputs) };
}

/** The file; `osreldate` is that of the base, where it is known. */
export function desiredConf(
  t: Target<JailInputs>,
  addresses: readonly JailAddress[],
  osreldate?: string,
): JailConf {
  const { inputs, storage, mark } = t;
  const statements = new Map<string, ConfValue>([
    ["host.hostname", inputs.hostname ?? inputs.name],
    ["path", rootOf(inputs, storage)],
    ...addressStatements(inputs, addresses),
  ]);
  if (desiredFstab(inputs, storage).length > 0)
    statements.set("mount.fstab", fstabFile(storage, inputs.name));
  if (osreldate !== undefined) statements.set("osreldate", osreldate);
  for (const [key, value] of Object.entries(confParameters(inputs, storage))) {
    const text = confValueOf(key, value);
    if (text !== undefined) statements.set(key, text);
  }
  return { name: inputs.name, mark: formatMark(mark), statements };
}

/**
 * A list of addresses, never several in one quoted text, which jail(8) misreads (transcript 21). One interface for
 * all is named once; else each address names its own.
 */
function addressStatements(
  inputs: JailInputs,
  addresses: readonly JailAddress[],
): [string, ConfValue][] {
  if (inputs.parameters.vnet === "new") return [];
  const interfaces = new Set(addresses.map((each) => each.interface));
  const common = interfaces.size === 1 ? [...interfaces][0] : undefined;
  const statements: [string, ConfValue][] = common === undefined ? [] : [["interface", common]];
  for (const [key, isFamily] of families) {
    const list = addresses.filter(({ address }) => isFamily(address));
    if (list.length > 0)
      statements.push([`${key}.addr`, list.map((each) => confAddress(each, common))]);
    else if (inputs.parameters[key] === undefined) statements.push([key, "disable"]);
  }
  return statements;
}

export const families = [
  ["ip4", (address: string) => !address.includes(":")],
  ["ip6", (address: string) => address.includes(":")],
] as const;

function confAddress(
  { address, interface: name, prefix }: JailAddress,
  common: string | undefined,
): string {
  if (name === undefined) return address;
  return common === undefined ? `${name}|${address}/${prefix}` : `${address}/${prefix}`;
}

/** Kernel flags are written 1 or 0; jail(8)'s own are there or not. */
function confValueOf(key: string, value: ParameterValue): ConfValue | undefined {
  if (typeof value === "number") return `${value}`;
  if (typeof value !== "boolean") return value;
  if (findParameter(key)?.pseudo === true) return value ? true : undefined;
  return value ? "1" : "0";
}
