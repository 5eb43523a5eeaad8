/** IPv4 and IPv6 addresses as text, in the forms that the kernel and ifconfig(8) print. */
import { isIPv4, isIPv6 } from "node:net";

/** The canonical text of an address, without a scope; undefined when it is none. */
export function canonicalAddress(text: string, family: "inet" | "inet6"): string | undefined {
  if (family === "inet") return isIPv4(text) ? text : undefined;
  if (!isIPv6(text) || text.includes("%")) return undefined;
  return new URL(`http://[${text}]/`).hostname.slice(1, -1);
}

/** The four bytes of an IPv4 address as a number. */
export function inetNumber(address: string): number {
  return address.split(".").reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

/** The text of four bytes. */
export function inetText(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join(".");
}

/** The netmask of a prefix length as a number. */
export function netmaskOf(prefix: number): number {
  return prefix === 0 ? 0 : (0xffffffff << (32 - prefix)) >>> 0;
}

/** The prefix length of a netmask text: dotted, or hexadecimal with 0x. Undefined when it is none. */
export function prefixOf(netmask: string): number | undefined {
  const value = /^0x[0-9a-f]{1,8}$/i.test(netmask)
    ? Number.parseInt(netmask, 16)
    : isIPv4(netmask)
      ? inetNumber(netmask)
      : undefined;
  if (value === undefined) return undefined;
  for (let prefix = 0; prefix <= 32; prefix += 1) if (netmaskOf(prefix) === value) return prefix;
  return undefined;
}

/** The broadcast address of a network. */
export function broadcastOf(address: string, prefix: number): string {
  return inetText((inetNumber(address) | (~netmaskOf(prefix) >>> 0)) >>> 0);
}

/** True when both addresses lie in one network of that prefix length. */
export function sameNetwork(a: string, b: string, prefix: number): boolean {
  const mask = netmaskOf(prefix);
  return (inetNumber(a) & mask) === (inetNumber(b) & mask);
}
