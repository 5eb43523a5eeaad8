/** jail_set(2): making and changing jails, with the kernel's checks and its messages. */
import { type Credentials, FsError, type Jail, type Machine, type Where } from "../../contract.js";
import { strerror } from "../errors.js";
import { addJailLoopback } from "../network/interfaces.js";
import { setAddresses } from "./address-lists.js";
import { type ImportedParameter, JailError, type JailValue } from "./import.js";
import { childJails, listJails, parentOf } from "./jails.js";
import { jailParameters, osreldateOf } from "./parameters.js";

/** Who calls: a process. */
export type Caller = Where & { readonly credentials: Credentials };

type Wanted = readonly ImportedParameter[];

/** Creates a jail. Throws `JailError` with the text that libjail gives. */
export function createJail(machine: Machine, caller: Caller, wanted: Wanted): Jail {
  checkPrivilege(caller);
  checkRanges(wanted);
  const asked = Number(wantedValue(wanted, "jid") ?? 0);
  const name = nameFor(machine, wanted, asked);
  checkFree(machine, asked, name);
  if (wantedValue(wanted, "persist") !== true)
    throw new JailError("new jail must persist or attach");
  checkRoom(machine, name);
  const path = pathFor(machine, caller, wanted);
  const jid = asked || takeJid(machine);
  const parameters = initialParameters(machine, wanted);
  const jail: Jail = {
    jid,
    name: name || String(jid),
    path,
    parameters,
    dying: false,
    cpusetId: freeCpuset(machine),
  };
  setAddresses(machine, jail, (name) => wantedValue(wanted, name));
  setValues(jail, wanted);
  fillIn(machine, jail);
  machine.jails.set(jid, jail);
  if (parameters.get("vnet") === "new") addJailLoopback(machine, jid);
  return jail;
}

/** Changes a jail. Parameters that can only be given at creation are left alone, as jail(8) does. */
export function updateJail(machine: Machine, caller: Caller, jail: Jail, wanted: Wanted): void {
  checkPrivilege(caller);
  checkRanges(wanted);
  const name = wantedValue(wanted, "name");
  if (typeof name === "string" && name !== jail.name) rename(machine, jail, name);
  setAddresses(machine, jail, (name) => wantedValue(wanted, name));
  setValues(jail, wanted);
}

function checkPrivilege(caller: Caller): void {
  if (caller.credentials.uid !== 0) throw new JailError(`jail_set: ${strerror("EPERM")}`);
}

function wantedValue(wanted: Wanted, name: string): JailValue | undefined {
  return wanted.findLast((one) => one.parameter.name === name && one.key === undefined)?.value;
}

const ranges: Record<string, readonly [number, number]> = {
  enforce_statfs: [0, 2],
  devfs_ruleset: [0, 65535],
  "children.max": [0, 2147483647],
};

function checkRanges(wanted: Wanted): void {
  for (const { parameter, value } of wanted) {
    const range = ranges[parameter.name];
    if (range && (Number(value) < range[0] || Number(value) > range[1])) {
      throw new JailError(`jail_set: ${strerror("EINVAL")}`);
    }
  }
}

function nameFor(machine: Machine, wanted: Wanted, jid: number): string {
  const name = wantedValue(wanted, "name");
  if (typeof name !== "string" || name === "") return "";
  checkName(machine, name, jid);
  return name;
}

function checkName(machine: Machine, name: string, jid: number): void {
  const last = name.slice(name.lastIndexOf(".") + 1);
  if (last === "") throw new JailError(`jail_set: ${strerror("EINVAL")}`);
  if (name.length >= 256) throw new JailError(`jail_set: ${strerror("ENAMETOOLONG")}`);
  if (name.includes(".") && !parentOf(machine, { name })) {
    throw new JailError(`jail "${name.slice(0, name.lastIndexOf("."))}" not found`);
  }
  if (/^\d+$/.test(last) && Number(last) !== jid) {
    throw new JailError("name cannot be numeric (unless it is the jid)");
  }
}

function checkFree(machine: Machine, jid: number, name: string): void {
  const jails = listJails(machine, { dying: true });
  const byJid = jid === 0 ? undefined : jails.find((jail) => jail.jid === jid);
  if (byJid) throw new JailError(`jail ${jid} ${byJid.dying ? "is dying" : "already exists"}`);
  // The name of a dying jail may be taken again.
  if (name !== "" && jails.some((jail) => jail.name === name && !jail.dying)) {
    throw new JailError(`jail "${name}" already exists`);
  }
}

/** A jail below another needs room in its children.max. */
function checkRoom(machine: Machine, name: string): void {
  const parent = parentOf(machine, { name });
  if (!parent) return;
  const room = Number(parent.parameters.get("children.max") ?? 0);
  if (childJails(machine, parent).length >= room) {
    throw new JailError(`jail_set: ${strerror("EPERM")}`);
  }
}

function pathFor(machine: Machine, caller: Caller, wanted: Wanted): string {
  const path = String(wantedValue(wanted, "path") ?? "/");
  try {
    if (machine.files.stat(caller, path).type !== "directory") throw new FsError("ENOTDIR");
    return machine.files.hostPath(caller, path);
  } catch (error) {
    if (error instanceof FsError) throw new JailError(`jail_set: ${strerror(error.code)}`);
    throw error;
  }
}

function takeJid(machine: Machine): number {
  while (machine.jails.has(machine.nextJid)) machine.nextJid += 1;
  machine.nextJid += 1;
  return machine.nextJid - 1;
}

/** cpusets 0 to 2 are the machine's own; a jail gets the lowest free one. */
function freeCpuset(machine: Machine): number {
  const used = new Set([...machine.jails.values()].map((jail) => jail.cpusetId));
  let id = 3;
  while (used.has(id)) id += 1;
  return id;
}

/** What depends on other parameters: the address families of a jail with a network of its own. */
function initialParameters(machine: Machine, wanted: Wanted): Jail["parameters"] {
  const vnet = wantedValue(wanted, "vnet") === "new" ? "new" : "inherit";
  const parameters: Jail["parameters"] = new Map([["vnet", vnet]]);
  for (const family of ["ip4", "ip6"]) {
    const inherited = vnet === "new" || wantedValue(wanted, family) === "inherit";
    // The kernel does not tell "new" from "disable": both restrict the jail to its list.
    parameters.set(family, inherited ? "inherit" : "disable");
  }
  // The jail's version is its own when it is given, else that of the machine.
  parameters.set("osreldate", wantedValue(wanted, "osreldate") ?? osreldateOf(machine.release));
  parameters.set("osrelease", wantedValue(wanted, "osrelease") ?? machine.release);
  return parameters;
}

const elsewhere = new Set(["jid", "name", "path", "vnet", "ip4", "ip6", "ip4.addr", "ip6.addr"]);

function setValues(jail: Jail, wanted: Wanted): void {
  for (const { parameter, value, key } of wanted) {
    if (elsewhere.has(parameter.name) || parameter.access === "read") continue;
    const created = jail.parameters.has(parameter.name) && parameter.access === "create";
    if (created) continue;
    jail.parameters.set(
      parameter.name,
      key === undefined ? value : withKey(jail, parameter, key, value),
    );
  }
}

/** What was not given gets its initial value. */
function fillIn(machine: Machine, { parameters }: Jail): void {
  for (const { name, kind, access, initial } of jailParameters(machine)) {
    if (parameters.has(name) || elsewhere.has(name) || access === "read") continue;
    parameters.set(name, kind === "inet" || kind === "inet6" ? [] : initial);
  }
  for (const name of ["ip4.addr", "ip6.addr"]) if (!parameters.has(name)) parameters.set(name, []);
}

function withKey(jail: Jail, { name }: { name: string }, key: string, value: JailValue): string {
  const before = String(jail.parameters.get(name) ?? "");
  const others = before.split("\n").filter((line) => line !== "" && !line.startsWith(`${key}=`));
  return [...others, `${key}=${value}`].join("\n");
}

/** A new name for a jail, and with it for those below. */
function rename(machine: Machine, jail: Jail, name: string): void {
  checkName(machine, name, jail.jid);
  checkFree(machine, 0, name);
  for (const child of childJails(machine, jail)) {
    child.name = name + child.name.slice(jail.name.length);
  }
  jail.name = name;
}
