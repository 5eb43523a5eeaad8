/** Interfaces that are made and destroyed at run time: lo, bridge, epair, tap, tun, vlan. */
import type { Machine } from "../../contract.js";
import { sideTable } from "../side-tables.js";
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
import { bareLoopback, leaveBridges } from "./interfaces.js";

/** Makes "bridge" (the next free number) or "bridge7", and gives the name of what was made. */
export function cloneInterface(machine: Machine, vnet: number, spec: string): string {
  const [, driver = "", unit] = /^([a-z_]+)(\d*)$/.exec(spec) ?? [];
  const make = makers[driver];
  if (!make) throw new InterfaceError(`SIOCIFCREATE2 (${spec}): Invalid argument`);
  const number = unit || String(freeUnit(machine, vnet, driver));
  const first = driver === "epair" ? `${driver}${number}a` : `${driver}${number}`;
  if (findInterface(machine, vnet, first) || peerAway(machine, driver, number)) {
    throw new InterfaceError(`interface ${driver}${number} already exists`);
  }
  for (const it of make(machine, vnet, `${driver}${number}`)) register(machine, it);
  return first;
}

/** Numbers of pairs are taken on the whole machine. */
function peerAway(machine: Machine, driver: string, number: string): boolean {
  if (driver !== "epair") return false;
  const names = [`epair${number}a`, `epair${number}b`];
  return [...machine.interfaces.values()].some((it) => names.includes(it.name));
}

function freeUnit(machine: Machine, vnet: number, driver: string): number {
  const taken = (unit: number) =>
    driver === "epair"
      ? peerAway(machine, driver, String(unit))
      : findInterface(machine, vnet, `${driver}${unit}`) !== undefined;
  let unit = 0;
  while (taken(unit)) unit += 1;
  return unit;
}

type Maker = (machine: Machine, vnet: number, name: string) => NetworkInterface[];

const makers: Record<string, Maker> = {
  lo: (machine, vnet, name) => [bareLoopback(machine.release, name, vnet)],
  bridge: (machine, vnet, name) => [
    { ...ethernet(machine, vnet, name, "bridge"), ether: bridgeAddress(machine), members: [] },
  ],
  epair: makePair,
  tap: (machine, vnet, name) => [ethernet(machine, vnet, name, "tap")],
  tun: (machine, vnet, name) => [
    {
      ...ethernet(machine, vnet, name, "tun"),
      ether: undefined,
      flags: ["POINTOPOINT", "MULTICAST"],
    },
  ],
  vlan: (machine, vnet, name) => [
    { ...ethernet(machine, vnet, name, "vlan"), ether: "00:00:00:00:00:00" },
  ],
};

function ethernet(machine: Machine, jid: number, name: string, driver: string): NetworkInterface {
  return {
    name,
    driver,
    flags: ["BROADCAST", "SIMPLEX", "MULTICAST", ...(isNewer(machine.release) ? ["LOWER_UP"] : [])],
    ether: bridgeAddress(machine),
    mtu: 1500,
    inet: [],
    inet6: [],
    inet6Disabled: true,
    groups: [driver],
    jid,
  };
}

/** Addresses that FreeBSD makes up lie in a block of the FreeBSD Foundation. */
function bridgeAddress(machine: Machine): string {
  return `58:9c:fc:10:${randomByte(machine)}:${randomByte(machine)}`;
}

function randomByte(machine: Machine): string {
  return Math.floor(machine.random() * 256)
    .toString(16)
    .padStart(2, "0");
}

function makePair(machine: Machine, vnet: number, name: string): NetworkInterface[] {
  // Before 14 both ends share a random address but for the last byte.
  const stem = ["02", ...Array.from({ length: 4 }, () => randomByte(machine))].join(":");
  return ["a", "b"].map((end) => {
    const it = ethernet(machine, vnet, `${name}${end}`, "epair");
    setFlag(it, "RUNNING", true);
    if (!isNewer(machine.release)) it.ether = `${stem}:0${end}`;
    return it;
  });
}

/** Destroys an interface; an end of a pair takes the other with it, wherever that is. */
export function destroyInterface(machine: Machine, it: NetworkInterface): void {
  if (!(driverOf(it) in makers) || (driverOf(it) === "lo" && it.name === "lo0")) {
    throw new InterfaceError("SIOCIFDESTROY: Invalid argument");
  }
  const peer = driverOf(it) === "epair" ? peerOf(machine, it) : undefined;
  for (const end of peer ? [it, peer] : [it]) {
    leaveBridges(machine, end);
    unregister(machine, end);
  }
}

/** The other end of a pair. Ends that were renamed are found by the address they share. */
function peerOf(machine: Machine, it: NetworkInterface): NetworkInterface | undefined {
  return pairs(machine).find((other) => other !== it && pairId(other) === pairId(it));
}

function pairs(machine: Machine): NetworkInterface[] {
  return [...machine.interfaces.values()].filter((it) => driverOf(it) === "epair");
}

/** Number of a pair, as in the name it was made with. */
function pairId(it: NetworkInterface): string {
  return pairIds.get(it) ?? it.name.replace(/[ab]$/, "");
}

const pairIds = sideTable<NetworkInterface, string>();

/** Gives an interface another name. */
export function renameInterface(machine: Machine, it: NetworkInterface, name: string): void {
  if (name.length > 15)
    throw new InterfaceError("ioctl SIOCSIFNAME (set name): File name too long");
  if (findInterface(machine, it.jid, name)) {
    throw new InterfaceError("ioctl SIOCSIFNAME (set name): File exists");
  }
  pairIds.set(it, pairId(it));
  for (const bridge of listInterfaces(machine, it.jid)) {
    bridge.members = bridge.members?.map((member) => (member === it.name ? name : member));
  }
  it.driver = driverOf(it);
  it.name = name;
  // The table is filled anew so that the interface keeps its place in listings.
  const all = [...machine.interfaces.values()];
  machine.interfaces.clear();
  for (const one of all) machine.interfaces.set(interfaceKey(one.jid, one.name), one);
}
