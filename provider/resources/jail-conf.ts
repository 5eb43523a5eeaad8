/** A jail's configuration as the declared properties want it: jail.conf, fstab and files. */

import type { ConfValue, JailConf } from "../freebsd/jail-conf.js";
import type { Storage } from "../freebsd/layout.js";
import { consoleLog, fstabFile, place } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { type FstabLine, renderFstab } from "../freebsd/mount.js";
import { findParameter, kernelDefaults } from "../freebsd/parameters.js";
import type { JailAddress } from "./jail-addresses.js";
import type { JailInputs } from "./jail-inputs.js";
import type { Target } from "./resource.js";

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

/** The parameters of a jail with the defaults for what is not declared. */
export function effectiveParameters(inputs: JailInputs): Record<string, ParameterValue> {
  const vnet = inputs.parameters.vnet === "new";
  const merged: Record<string, ParameterValue> = {
    ...defaults,
    "exec.consolelog": consoleLog(inputs.name),
    ...inputs.parameters,
  };
  // Devices of a jail with a network stack of its own: the rule set that also shows pf and the like.
  if (merged["mount.devfs"] === true) merged.devfs_ruleset ??= vnet ? 5 : 4;
  return merged;
}

/** What the kernel of a running jail has to show: what is declared, and jail(8)'s defaults for the rest. */
export function kernelParameters(inputs: JailInputs): Record<string, ParameterValue> {
  return { ...kernelDefaults, ...effectiveParameters(inputs) };
}

export function desiredConf(t: Target<JailInputs>, addresses: readonly JailAddress[]): JailConf {
  const { inputs, storage, mark } = t;
  const statements = new Map<string, ConfValue>([
    ["host.hostname", inputs.hostname ?? inputs.name],
    ["path", place(storage, "containers", inputs.name).path],
    ...addressStatements(inputs, addresses),
  ]);
  if (inputs.mounts.length > 0) statements.set("mount.fstab", fstabFile(storage, inputs.name));
  for (const [key, value] of Object.entries(effectiveParameters(inputs))) {
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

/** Lines of the jail's fstab; targets are below the jail's root. */
export function desiredFstab(inputs: JailInputs, storage: Storage): FstabLine[] {
  const { path } = place(storage, "containers", inputs.name);
  return inputs.mounts.map((mount) => {
    const options = [mount.readOnly ? "ro" : "rw"];
    if (mount.type === "nullfs") {
      return { from: mount.source, on: path + mount.target, type: mount.type, options };
    }
    if (mount.mode !== undefined) options.push(`mode=${mount.mode}`);
    if (mount.size !== undefined) options.push(`size=${mount.size.toLowerCase()}`);
    if (mount.ruleset !== undefined) options.push(`ruleset=${mount.ruleset}`);
    return { from: mount.type, on: path + mount.target, type: mount.type, options };
  });
}

export const desiredFstabText = (inputs: JailInputs, storage: Storage): string =>
  renderFstab(desiredFstab(inputs, storage));

export type DesiredFile = JailInputs["files"][string];

/** Files that are declared, the resolver's too. */
export function desiredFiles({ files, resolver }: JailInputs): Record<string, DesiredFile> {
  if (typeof resolver === "string") return files;
  const lines = [
    ...(resolver.search.length > 0 ? [`search ${resolver.search.join(" ")}`] : []),
    ...resolver.nameservers.map((server) => `nameserver ${server}`),
    ...(resolver.options.length > 0 ? [`options ${resolver.options.join(" ")}`] : []),
  ];
  const content = lines.map((line) => `${line}\n`).join("");
  return { ...files, "/etc/resolv.conf": { content, mode: "0644", owner: "0:0" } };
}
