/** The address lists of jails: which may be shared, and in which order they are kept. */
import type { Jail, Machine } from "../../contract.js";
import { strerror } from "../errors.js";
import { inetNumber } from "../network/addresses.js";
import { JailError, type JailValue } from "./import.js";
import { listJails } from "./jails.js";

/** Gives a jail the lists that were asked for; `wanted` tells the value of a parameter. */
export function setAddresses(
  machine: Machine,
  jail: Jail,
  wanted: (name: string) => JailValue | undefined,
): void {
  for (const family of ["ip4", "ip6"] as const) {
    const list = wanted(`${family}.addr`);
    if (!Array.isArray(list)) continue;
    if (jail.parameters.get("vnet") === "new") {
      if (list.length === 0) continue;
      throw new JailError("vnet jails cannot have IP address restrictions");
    }
    if (jail.parameters.get(family) === "inherit" && machine.jails.has(jail.jid)) {
      throw new JailError(`${family} cannot be changed after creation`);
    }
    jail.parameters.set(family, "disable");
    checkClash(machine, jail, family, list);
    jail.parameters.set(`${family}.addr`, sortAddresses(family, list));
  }
}

/** Jails side by side may share an address only when each of them has no other. */
function checkClash(machine: Machine, jail: Jail, family: "ip4" | "ip6", list: string[]): void {
  if (new Set(list).size < list.length) throw new JailError(`jail_set: ${strerror("EINVAL")}`);
  for (const other of listJails(machine, { dying: true })) {
    const theirs = other.parameters.get(`${family}.addr`);
    const related =
      other.name.startsWith(`${jail.name}.`) || jail.name.startsWith(`${other.name}.`);
    if (other.jid === jail.jid || related || !Array.isArray(theirs)) continue;
    if (list.length === 1 && theirs.length === 1) continue;
    if (list.some((address) => theirs.includes(address))) {
      throw new JailError(`IPv${family === "ip4" ? 4 : 6} addresses clash`);
    }
  }
}

/** The first address stays the primary one, the others are kept in order. */
function sortAddresses(family: "ip4" | "ip6", [first, ...others]: string[]): string[] {
  if (first === undefined) return [];
  if (family === "ip4") others.sort((a, b) => inetNumber(a) - inetNumber(b));
  else others.sort();
  return [first, ...others];
}
