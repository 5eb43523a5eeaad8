/** A jail that another tool made, as the inputs of a Jail that takes it over as it is. Pure. */
import type { FoundJail } from "../freebsd/found-jail.js";
import { consoleLog } from "../freebsd/layout.js";
import { hostname, hostPath, jailName } from "../freebsd/names.js";
import { importMounts } from "./import-mounts.js";
import { importAddresses } from "./import-network.js";
import { type ImportedValue, importParameter } from "./import-values.js";

export interface Found {
  readonly jail: FoundJail;
  /** Its root as the kernel has it, while it runs: without the links that a configuration may go through. */
  readonly running?: string | undefined;
  /** Text of the jail's fstab; empty when it has none. */
  readonly fstab: string;
}

export interface ImportedJail {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the inputs do not say, a line each. */
  readonly notes: readonly string[];
}

/** Parameters that other inputs say, or that say nothing. */
const elsewhere = new Set([
  ...["name", "jid", "path", "host.hostname", "ip4.addr", "ip6.addr", "interface", "mount.fstab"],
  ...["mount", "allow.dying", "allow.nodying"],
]);

/** What a Jail has when its program says nothing, and what jail(8) has then. */
const defaults: readonly (readonly [string, ImportedValue, ImportedValue | undefined])[] = [
  ["mount.devfs", true, false],
  ["exec.clean", true, false],
  ["exec.start", "/bin/sh /etc/rc", undefined],
  ["exec.stop", "/bin/sh /etc/rc.shutdown", undefined],
  ["enforce_statfs", 2, 2],
  ["allow.set_hostname", false, true],
];

/** Undefined for what a Jail cannot be: the reason is the only note then. */
export function importJail({ jail, running, fstab }: Found): ImportedJail {
  const { name, parameters } = jail;
  const first = (key: string): string | undefined => parameters.get(key)?.[0];
  const root = first("path")?.replace(/(?<=.)\/+$/, "") ?? "";
  const fault = faultOf(name, running ?? root);
  if (fault !== undefined) return { inputs: {}, notes: [fault] };
  const network = importAddresses(parameters);
  const inline = (parameters.get("mount") ?? []).map((line) => `${line}\n`).join("");
  const { mounts, faults } = importMounts(inline + fstab, root);
  const values = importParameters(jail);
  const host = first("host.hostname") ?? "";
  const known = hostname.safeParse(host).success;
  const inputs = {
    name,
    adopt: { path: running ?? root },
    ...(known && host !== name ? { hostname: host } : {}),
    ...(network.addresses.length === 0 ? {} : { addresses: network.addresses }),
    ...(mounts.length === 0 ? {} : { mounts }),
    ...(values.parameters.size === 0
      ? {}
      : { parameters: Object.fromEntries([...values.parameters]) }),
    ...(jail.autostart ? {} : { autostart: false }),
    ...(running === undefined ? { running: false } : {}),
    resolver: "none",
  };
  const lost = [
    ...(known || host === "" ? [] : [`host.hostname = ${host}`]),
    ...network.faults,
    ...faults,
    ...values.faults,
  ];
  return { inputs, notes: [...lost.map((each) => `not taken over: ${each}`), ...jail.notes] };
}

function faultOf(name: string, root: string): string | undefined {
  if (!jailName.safeParse(name).success)
    return `cannot be declared: ${JSON.stringify(name)} is not a name that Jail takes`;
  if (root === "/" || !hostPath.safeParse(root).success)
    return `cannot be declared: its path is ${JSON.stringify(root)}`;
  return undefined;
}

function importParameters({ name: jail, parameters }: FoundJail) {
  const faults: string[] = [];
  const found = new Map<string, ImportedValue>();
  for (const [given, values] of parameters) {
    if (elsewhere.has(given)) continue;
    const imported = importParameter(given, values);
    if ("value" in imported) found.set(imported.name, imported.value);
    else faults.push(`${given} = ${values.join(", ")}: it ${imported.fault}`);
  }
  for (const [name, ours, unsaid] of defaults) {
    const value = found.get(name) ?? unsaid;
    if (value === ours) found.delete(name);
    else if (value !== undefined) found.set(name, value);
  }
  dropImplied(jail, found, parameters);
  return { parameters: new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1))), faults };
}

/** What a Jail says by itself from its other inputs. */
function dropImplied(
  jail: string,
  found: Map<string, ImportedValue>,
  parameters: FoundJail["parameters"],
): void {
  const vnet = found.get("vnet") === "new";
  if (found.get("mount.devfs") !== false && found.get("devfs_ruleset") === (vnet ? 5 : 4))
    found.delete("devfs_ruleset");
  if (found.get("exec.consolelog") === consoleLog(jail)) found.delete("exec.consolelog");
  for (const family of ["ip4", "ip6"]) {
    const mode = found.get(family);
    const addressed = parameters.has(`${family}.addr`);
    if (mode === (addressed ? "new" : "disable")) found.delete(family);
  }
}
