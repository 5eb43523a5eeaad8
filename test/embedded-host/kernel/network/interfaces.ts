/** The interfaces a machine starts with, and how they move into jails and back. */
import type { Interface, Machine, Release } from "../../contract.js";
import {
  driverOf,
  findInterface,
  InterfaceError,
  interfaceKey,
  isNewer,
  listInterfaces,
  type NetworkInterface,
  register,
  setFlag,
  unregister,
} from "./interface.js";

/** The network card and the loopback of a machine that has just booted. */
export function createHostInterfaces(release: Release): Map<string, Interface> {
  const lower = isNewer(release) ? ["LOWER_UP"] : [];
  const card: NetworkInterface = {
    name: "vtnet0",
    driver: "vtnet",
    index: 1,
    flags: ["UP", "BROADCAST", "RUNNING", "SIMPLEX", "MULTICAST", ...lower],
    ether: "52:54:00:12:34:56",
    mtu: 1500,
    inet: [{ address: "10.0.2.15", prefix: 24 }],
    inet6: [],
    inet6Disabled: true,
    groups: [],
    jid: 0,
  };
  const loopback = bareLoopback(release, "lo0", 0);
  loopback.index = 2;
  raiseLoopback(loopback);
  loopback.inet.push({ address: "127.0.0.1", prefix: 8 });
  return new Map([card, loopback].map((it) => [interfaceKey(0, it.name), it]));
}

/** A loopback interface as it is made: without addresses and down. */
export function bareLoopback(release: Release, name: string, jid: number): NetworkInterface {
  return {
    name,
    driver: "lo",
    flags: ["LOOPBACK", "MULTICAST", ...(isNewer(release) ? ["LOWER_UP"] : [])],
    mtu: 16384,
    inet: [],
    inet6: [],
    groups: ["lo"],
    jid,
  };
}

/** The first loopback of a network stack gets its IPv6 addresses when it comes up. */
export function raiseLoopback(it: NetworkInterface): void {
  setFlag(it, "UP", true);
  setFlag(it, "RUNNING", true);
  if (it.inet6.length > 0) return;
  if (it.inet.length === 0) it.inet6First = true;
  if (it.name === "lo0") it.inet6.push({ address: "::1", prefix: 128 });
  it.inet6.push({ address: "fe80::1", prefix: 64, scope: it.index });
}

/** A VNET jail starts with a loopback of its own. */
export function addJailLoopback(machine: Machine, jid: number): void {
  register(machine, bareLoopback(machine.release, "lo0", jid));
}

/** Moves an interface into another network stack. It arrives down and without addresses. */
export function moveInterface(machine: Machine, it: NetworkInterface, vnet: number): void {
  if (findInterface(machine, vnet, it.name)) {
    throw new InterfaceError("SIOCSIFVNET: File exists");
  }
  leaveBridges(machine, it);
  unregister(machine, it);
  it.jid = vnet;
  it.inet = [];
  it.inet6 = [];
  it.inet6First = undefined;
  it.inet6Disabled = driverOf(it) !== "lo";
  setFlag(it, "UP", false);
  setFlag(it, "PROMISC", false);
  // Before 14 an interface loses its groups on the way.
  if (!isNewer(machine.release) && vnet === 0) it.groups = [];
  if (isNewer(machine.release)) machine.interfaces.set(interfaceKey(vnet, it.name), it);
  else register(machine, it);
}

/** The end of a VNET jail: what was moved into it comes back, what it made itself is gone. */
export function returnInterfaces(machine: Machine, jid: number): void {
  for (const it of listInterfaces(machine, jid)) {
    if (it.jid === 0) continue;
    if (isBorrowed(it)) moveInterface(machine, it, 0);
    else unregister(machine, it);
  }
}

/** Pairs and cards come from the host; loopbacks and bridges in a jail are its own. */
function isBorrowed(it: NetworkInterface): boolean {
  return !["lo", "bridge", "vlan"].includes(driverOf(it));
}

/** Takes an interface out of the bridges it is a member of. */
export function leaveBridges(machine: Machine, it: NetworkInterface): void {
  for (const bridge of listInterfaces(machine, it.jid)) {
    if (!bridge.members?.includes(it.name)) continue;
    bridge.members = bridge.members.filter((name) => name !== it.name);
    setFlag(it, "PROMISC", false);
  }
}
