/** The jails of a machine: finding, reading and removing them. */
import type { Jail, Machine } from "../../contract.js";
import { returnInterfaces } from "../network/interfaces.js";
import { sideTable } from "../side-tables.js";
import type { JailValue } from "./import.js";
import type { JailParameter } from "./parameters.js";

/** How long removed jails stay dying, and until when each does. */
interface Death {
  milliseconds: number;
  readonly until: Map<Jail, number>;
}

const deaths = sideTable<Machine, Death>();

/**
 * Switch for tests: from now on a removed jail stays dying for that long, as one does whose sockets
 * or files are still in use; 0 switches it off.
 */
export function makeJailsDie(machine: Machine, milliseconds: number): void {
  const death = deaths.get(machine) ?? { milliseconds, until: new Map() };
  death.milliseconds = milliseconds;
  deaths.set(machine, death);
}

/** All jails by jid. Dying ones only when asked for. */
export function listJails(machine: Machine, options: { dying?: boolean } = {}): Jail[] {
  reapJails(machine);
  return [...machine.jails.values()]
    .filter((jail) => options.dying || !jail.dying)
    .sort((a, b) => a.jid - b.jid);
}

/** A jail by name, or by jid when the text is a number other than 0. */
export function findJail(
  machine: Machine,
  nameOrJid: string,
  options: { dying?: boolean } = {},
): Jail | undefined {
  const jid = /^\d+$/.test(nameOrJid) ? Number(nameOrJid) : 0;
  const all = listJails(machine, options);
  if (jid !== 0) return all.find((jail) => jail.jid === jid);
  // A living jail comes before a dying one of the same name.
  return all.filter((jail) => jail.name === nameOrJid).sort((a, b) => +a.dying - +b.dying)[0];
}

/** The jails below a jail, by their names. */
export function childJails(machine: Machine, jail: Jail): Jail[] {
  return [...machine.jails.values()].filter((one) => one.name.startsWith(`${jail.name}.`));
}

/** The value of a parameter as jail_get(2) gives it. */
export function readParameter(
  machine: Machine,
  jail: Jail,
  parameter: JailParameter,
  key?: string,
): JailValue {
  const stored = jail.parameters.get(parameter.name);
  if (key !== undefined) return readKey(String(stored ?? ""), key);
  const derived = derivedValues[parameter.name];
  if (derived) return derived(machine, jail);
  if (parameter.name.startsWith("host.") && jail.parameters.get("host") === "inherit") {
    return inheritedHost(machine, parameter.name);
  }
  if (parameter.kind === "inet" || parameter.kind === "inet6") return stored ?? [];
  return stored ?? parameter.initial;
}

const derivedValues: Record<string, (machine: Machine, jail: Jail) => JailValue> = {
  jid: (_, jail) => String(jail.jid),
  name: (_, jail) => jail.name,
  path: (_, jail) => jail.path,
  dying: (_, jail) => jail.dying,
  parent: (machine, jail) => String(parentOf(machine, jail)?.jid ?? 0),
  "children.cur": (machine, jail) => String(childJails(machine, jail).length),
  "cpuset.id": (_, jail) => String(jail.cpusetId),
};

function readKey(lines: string, key: string): string {
  const line = lines.split("\n").find((one) => one.startsWith(`${key}=`));
  return line?.slice(key.length + 1) ?? "";
}

function inheritedHost(machine: Machine, name: string): string {
  if (name === "host.hostname") return machine.hostname;
  if (name === "host.hostuuid") return machine.hostuuid;
  return name === "host.hostid" ? "0" : "";
}

/** The jail above, by the name. */
export function parentOf(machine: Machine, jail: Pick<Jail, "name">): Jail | undefined {
  const dot = jail.name.lastIndexOf(".");
  if (dot < 0) return undefined;
  const above = jail.name.slice(0, dot);
  return [...machine.jails.values()].find((one) => one.name === above && !one.dying);
}

/** jail_remove(2): kills the processes, gives interfaces back, and takes the jails below with it. */
export function removeJail(machine: Machine, jail: Jail): void {
  for (const child of childJails(machine, jail)) removeJail(machine, child);
  for (const process of [...machine.processes.values()]) {
    if (process.jid === jail.jid) machine.kill(process.pid, 9);
  }
  const death = deaths.get(machine);
  if (death && death.milliseconds > 0) {
    jail.dying = true;
    death.until.set(jail, machine.now() + death.milliseconds);
  } else {
    forget(machine, jail);
  }
}

/** The last reference to a jail is gone: only now do its interfaces come back. */
function forget(machine: Machine, jail: Jail): void {
  deaths.get(machine)?.until.delete(jail);
  returnInterfaces(machine, jail.jid);
  machine.jails.delete(jail.jid);
}

/** Lets jails go that nothing holds any more: not persistent and without a process, or long dying. */
export function reapJails(machine: Machine): void {
  const busy = new Set([...machine.processes.values()].map((process) => process.jid));
  for (const jail of [...machine.jails.values()]) {
    if (jail.dying) {
      const until = deaths.get(machine)?.until.get(jail) ?? 0;
      if (until <= machine.now()) forget(machine, jail);
    } else if (jail.parameters.get("persist") !== true && !busy.has(jail.jid)) {
      removeJail(machine, jail);
    }
  }
}
