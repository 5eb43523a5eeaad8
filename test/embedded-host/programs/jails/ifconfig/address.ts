/** The address words of ifconfig(8): "inet 10.0.0.1/24 alias". */
import { isIPv4 } from "node:net";
import type { Machine } from "../../../contract.js";
import { canonicalAddress, inetNumber, prefixOf } from "../../../kernel/network/addresses.js";
import { addInet, addInet6, removeAddress } from "../../../kernel/network/configure.js";
import { InterfaceError, type NetworkInterface } from "../../../kernel/network/interface.js";

/** What the words of one call say about an address. */
export interface AddressChange {
  readonly family: "inet" | "inet6";
  address?: string;
  prefix?: number;
  /** Without a word for it, the first address is replaced. */
  action: "replace" | "add" | "remove";
}

const actions: Readonly<Record<string, AddressChange["action"]>> = {
  alias: "add",
  add: "add",
  "-alias": "remove",
  delete: "remove",
  remove: "remove",
};

/** Reads one word about an address; gives the number of words it took, 0 when it is none. */
export function readAddressWord(change: AddressChange, words: readonly string[]): number {
  const [word = "", next = ""] = words;
  const action = actions[word];
  if (action) {
    change.action = action;
    return 1;
  }
  if (word === "netmask") {
    change.prefix = prefixOf(next) ?? bad(next);
    return 2;
  }
  if (word === "prefixlen") {
    change.prefix = length(next, change.family);
    return 2;
  }
  if (word === "broadcast") {
    if (!isIPv4(next)) bad(next);
    return 2;
  }
  if (change.address !== undefined) return 0;
  readAddress(change, word);
  return 1;
}

function readAddress(change: AddressChange, word: string): void {
  const slash = word.indexOf("/");
  const text = slash < 0 ? word : word.slice(0, slash);
  const bare = change.family === "inet6" ? text.replace(/%.*$/, "") : text;
  change.address = canonicalAddress(bare, change.family) ?? bad(text);
  if (slash >= 0) change.prefix = length(word.slice(slash + 1), change.family);
}

function length(text: string, family: "inet" | "inet6"): number {
  const most = family === "inet" ? 32 : 128;
  return /^\d+$/.test(text) && Number(text) <= most ? Number(text) : bad(text);
}

function bad(text: string): never {
  throw new InterfaceError(`${text}: bad value`);
}

/** Does what the words said. */
export function applyAddress(machine: Machine, it: NetworkInterface, change: AddressChange): void {
  const { family, address, action } = change;
  if (address === undefined) return;
  if (action === "remove") {
    removeAddress(it, family, address);
    return;
  }
  const first = it[family][0];
  if (action === "replace" && family === "inet" && first) it.inet.shift();
  if (family === "inet") addInet(it, address, change.prefix ?? classPrefix(address));
  else addInet6(machine, it, address, change.prefix ?? 64);
}

/** The prefix length that the first bits of an IPv4 address once meant. */
function classPrefix(address: string): number {
  const top = inetNumber(address) >>> 24;
  if (top < 128) return 8;
  return top < 192 ? 16 : 24;
}
