/** One network interface: what the contract says of it, and what only ifconfig(8) shows. */
import type { Interface, Machine, Release } from "../../contract.js";

export interface Inet6Address {
  address: string;
  prefix: number;
  scope?: number;
  /** Until then duplicate address detection runs and the address is "tentative". */
  tentativeUntil?: number;
}

export interface NetworkInterface extends Interface {
  inet6: Inet6Address[];
  /** Kind of interface: "vtnet", "lo", "bridge", "epair" … */
  driver?: string;
  index?: number;
  /** The address it was made with, when another one was set. */
  hwaddr?: string;
  description?: string;
  /** IPv6 is switched off (IFDISABLED) until an address is given. */
  inet6Disabled?: boolean;
  /** Releases before 14 list the family first that got an address first. */
  inet6First?: boolean;
  vlan?: { tag: number; parent: string };
}

/** What ifconfig(8) prints after "ifconfig: ". */
export class InterfaceError extends Error {}

/** Bits of the flags that ifconfig(8) names, lowest first. */
export const flagBits: readonly (readonly [string, number])[] = [
  ["UP", 0x1],
  ["BROADCAST", 0x2],
  ["LOOPBACK", 0x8],
  ["POINTOPOINT", 0x10],
  ["RUNNING", 0x40],
  ["NOARP", 0x80],
  ["PROMISC", 0x100],
  ["SIMPLEX", 0x800],
  ["MULTICAST", 0x8000],
  ["LOWER_UP", 0x1000000],
];

/** True from 14 on: netlink based ifconfig, interface numbers of the whole machine, LOWER_UP. */
export function isNewer(release: Release): boolean {
  return release !== "13.2-RELEASE";
}

/** Kind of an interface: the driver, or its name without the number. */
export function driverOf(it: NetworkInterface): string {
  return it.driver ?? it.name.replace(/\d+[ab]?$/, "");
}

/** Sets or clears a flag. */
export function setFlag(it: Interface, flag: string, on: boolean): void {
  it.flags = it.flags.filter((one) => one !== flag);
  if (on) it.flags.push(flag);
}

/** The interfaces of one network stack are looked up by name; those of jails with the jid before it. */
export function interfaceKey(vnet: number, name: string): string {
  return vnet === 0 ? name : `${vnet}:${name}`;
}

/** The network stack that a jail uses: its own when it is a VNET jail, else that of the jail above. */
export function vnetOf(machine: Machine, jid: number): number {
  const jail = machine.jails.get(jid);
  if (!jail) return 0;
  if (jail.parameters.get("vnet") === "new") return jid;
  const dot = jail.name.lastIndexOf(".");
  const parent = [...machine.jails.values()].find((one) => one.name === jail.name.slice(0, dot));
  return dot < 0 || !parent ? 0 : vnetOf(machine, parent.jid);
}

/** An interface of a network stack by name. */
export function findInterface(
  machine: Machine,
  vnet: number,
  name: string,
): NetworkInterface | undefined {
  const found = machine.interfaces.get(interfaceKey(vnet, name));
  return found?.jid === vnet ? found : undefined;
}

/** The interfaces of a network stack in the order in which they came into it. */
export function listInterfaces(machine: Machine, vnet: number): NetworkInterface[] {
  return [...machine.interfaces.values()].filter((it) => it.jid === vnet);
}

/** Puts an interface into the table, with a free number. */
export function register(machine: Machine, it: NetworkInterface): void {
  it.index = freeIndex(machine, it.jid);
  machine.interfaces.set(interfaceKey(it.jid, it.name), it);
}

/** Takes an interface out of the table. */
export function unregister(machine: Machine, it: NetworkInterface): void {
  machine.interfaces.delete(interfaceKey(it.jid, it.name));
}

function freeIndex(machine: Machine, vnet: number): number {
  const all = isNewer(machine.release)
    ? [...machine.interfaces.values()]
    : listInterfaces(machine, vnet);
  const used = new Set(all.map((it: NetworkInterface) => it.index));
  let index = 1;
  while (used.has(index)) index += 1;
  return index;
}
