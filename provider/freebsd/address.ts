/**
 * Addresses as numbers, and as the one canonical text that leases, jail.conf and comparisons use
 * (dotted quad; RFC 5952 for IPv6). Substring comparisons of addresses are how other tools confuse
 * 172.24.1.2 with 172.24.1.20, so nothing outside this file takes an address's text apart.
 */
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

export type Family = "inet" | "inet6";

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

export interface Span {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

export const addressBits = (family: Family): number => (family === "inet" ? 32 : 128);

/** Reads one address, or undefined: no octal, hexadecimal or shortened IPv4, no zone, no prefix length. */
export function parseAddress(text: string): Address | undefined {
  if (isIP(text) === 0 || text.includes("%")) return undefined;
  if (!text.includes(":")) return toAddress(ipaddr.parse(text));
  // ipaddr.js reads "::10.0.0.8" as "::ffff:10.0.0.8", and "::10.0.0.010", which is none, too.
  const [, head = text, tail] = /^(.*:)([\d.]+\.\d+)$/.exec(text) ?? [];
  if (tail === undefined) return toAddress(ipaddr.parse(head));
  const { value } = toAddress(ipaddr.parse(tail));
  return toAddress(
    ipaddr.parse(`${head}${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`),
  );
}

/** Canonical text: equal addresses have equal texts. */
export function formatAddress({ family, value }: Address): string {
  const bytes = toBytes(value, addressBits(family) / 8);
  if (family === "inet") return bytes.join(".");
  return (ipaddr.fromByteArray(bytes) as ipaddr.IPv6).toRFC5952String();
}

/** The network that "10.0.0.0/24" names; undefined when it is none or has host bits set. */
export function parseCidr(text: string): (Span & { readonly prefix: number }) | undefined {
  const [base = "", length = "", ...rest] = text.split("/");
  const address = parseAddress(base);
  if (address === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length))
    return undefined;
  const prefix = Number(length);
  const bits = addressBits(address.family);
  if (prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  if (address.value % size !== 0n) return undefined;
  return { family: address.family, first: address.value, last: address.value + size - 1n, prefix };
}

export function contains(span: Span, address: Address): boolean {
  return (
    span.family === address.family && address.value >= span.first && address.value <= span.last
  );
}

export const spanSize = (span: Span): bigint => span.last - span.first + 1n;

/** What is left of a span when addresses are taken out, in order. */
export function subtract(span: Span, excluded: readonly Span[]): Span[] {
  const holes = excluded
    .filter((hole) => hole.family === span.family)
    .sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0));
  const rest: Span[] = [];
  let next = span.first;
  for (const hole of holes) {
    if (hole.last < next) continue;
    if (hole.first > span.last) break;
    if (hole.first > next) rest.push({ ...span, first: next, last: hole.first - 1n });
    next = hole.last + 1n;
  }
  if (next <= span.last) rest.push({ ...span, first: next });
  return rest;
}

function toAddress(parsed: ipaddr.IPv4 | ipaddr.IPv6): Address {
  const family = parsed.kind() === "ipv4" ? "inet" : "inet6";
  return {
    family,
    value: parsed.toByteArray().reduce((sum, byte) => sum * 256n + BigInt(byte), 0n),
  };
}

function toBytes(value: bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((value >> BigInt(8 * (length - 1 - i))) & 255n));
}
