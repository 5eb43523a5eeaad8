/** Addresses, flags and bridge members of an interface. */
import type { Machine } from "../../contract.js";
import { strerror } from "../errors.js";
import {
  driverOf,
  findInterface,
  InterfaceError,
  isNewer,
  type NetworkInterface,
  setFlag,
} from "./interface.js";
import { raiseLoopback } from "./interfaces.js";

/** How long duplicate address detection takes. */
const detection = 1000;

/** Adds an address; one that is there gets the new prefix length. The interface comes up. */
export function addInet(it: NetworkInterface, address: string, prefix: number): void {
  raise(it);
  const same = it.inet.find((one) => one.address === address);
  if (same) same.prefix = prefix;
  else it.inet.push({ address, prefix });
}

/** Adds an IPv6 address, and with the first one the link-local address. */
export function addInet6(
  machine: Machine,
  it: NetworkInterface,
  address: string,
  prefix: number,
): void {
  raise(it);
  if (it.inet.length === 0 && it.inet6.length === 0) it.inet6First = true;
  const wasDisabled = it.inet6Disabled === true;
  const same = it.inet6.find((one) => one.address === address);
  if (same) same.prefix = prefix;
  // While IPv6 is disabled an address needs no detection of duplicates.
  else it.inet6.push({ address, prefix, ...tentative(machine, it, !wasDisabled) });
  if (!wasDisabled) return;
  it.inet6Disabled = false;
  if (it.ether !== undefined && driverOf(it) !== "bridge") addLinkLocal(machine, it);
}

function tentative(machine: Machine, it: NetworkInterface, detect: boolean) {
  if (!detect || driverOf(it) === "lo") return {};
  return { tentativeUntil: machine.now() + detection };
}

function addLinkLocal(machine: Machine, it: NetworkInterface): void {
  const bytes = (it.ether ?? "").split(":").map((byte) => Number.parseInt(byte, 16));
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = bytes;
  const words = [(a ^ 2) * 256 + b, c * 256 + 0xff, 0xfe * 256 + d, e * 256 + f];
  const address = `fe80::${words.map((word) => word.toString(16)).join(":")}`;
  it.inet6.push({ address, prefix: 64, scope: it.index, ...tentative(machine, it, true) });
}

/** Removes an address of either family. */
export function removeAddress(
  it: NetworkInterface,
  family: "inet" | "inet6",
  address: string,
): void {
  const index = it[family].findIndex((one) => one.address === address);
  if (index < 0) throw new InterfaceError(`ioctl (SIOCDIFADDR): ${strerror("EADDRNOTAVAIL")}`);
  it[family].splice(index, 1);
}

/** Brings an interface up. */
export function raise(it: NetworkInterface): void {
  if (driverOf(it) === "lo") {
    raiseLoopback(it);
  } else {
    setFlag(it, "UP", true);
    setFlag(it, "RUNNING", true);
  }
}

/** Makes an interface a member of a bridge. */
export function addMember(machine: Machine, bridge: NetworkInterface, name: string): void {
  const member = findInterface(machine, bridge.jid, name);
  if (!member) throw new InterfaceError(`BRDGADD ${name}: ${strerror("ENOENT")}`);
  if (bridge.members?.includes(name)) {
    const why = isNewer(machine.release) ? " (Interface is already a member of this bridge)" : "";
    throw new InterfaceError(`BRDGADD ${name}: ${strerror("EEXIST")}${why}`);
  }
  bridge.members = [...(bridge.members ?? []), name];
  setFlag(member, "PROMISC", true);
}

/** Takes a member out of a bridge. */
export function deleteMember(machine: Machine, bridge: NetworkInterface, name: string): void {
  if (!bridge.members?.includes(name)) {
    const why = isNewer(machine.release) ? " (Interface is not a bridge member)" : "";
    throw new InterfaceError(`BRDGDEL ${name}: ${strerror("ENOENT")}${why}`);
  }
  bridge.members = bridge.members.filter((member) => member !== name);
  const member = findInterface(machine, bridge.jid, name);
  if (member) setFlag(member, "PROMISC", false);
}
