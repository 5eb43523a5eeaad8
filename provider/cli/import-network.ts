/** Addresses of a jail that another tool configured, as `addresses` of a Jail. */
import { formatAddress, parseAddress } from "../freebsd/address.js";
import type { ConfiguredParameters } from "../freebsd/configured.js";
import { interfaceName } from "../freebsd/names.js";

export interface ImportedAddress {
  readonly address: string;
  readonly interface?: string;
  readonly prefixLength?: number;
}

export interface ImportedAddresses {
  readonly addresses: readonly (string | ImportedAddress)[];
  readonly faults: readonly string[];
}

/** From "em0|10.0.0.2/24 …": the interface, the address, its prefix length or netmask, and options of ifconfig(8). */
export function importAddresses(parameters: ConfiguredParameters): ImportedAddresses {
  const common = parameters.get("interface")?.[0];
  const faults: string[] = [];
  const addresses = ["ip4.addr", "ip6.addr"].flatMap((key) => {
    // jail(8) splits at commas, too.
    const all = (parameters.get(key) ?? []).flatMap((text) => text.split(","));
    return all.flatMap((text) => {
      const found = importAddress(text.trim(), common);
      if (found === undefined) faults.push(`${key} = ${text}`);
      return found ?? [];
    });
  });
  return { addresses, faults };
}

function importAddress(text: string, common: string | undefined) {
  const match = /^(?:([^|]+)\|)?([^/\s|]+)(?:\/(\S+))?$/.exec(text);
  const parsed = parseAddress(match?.[2] ?? "");
  if (match === null || parsed === undefined) return undefined;
  const on = match[1] ?? common;
  const prefix = match[3] === undefined ? undefined : prefixLength(match[3]);
  if (match[3] !== undefined && prefix === undefined) return undefined;
  if (on !== undefined && !interfaceName.safeParse(on).success) return undefined;
  const address = formatAddress(parsed);
  // Without an interface the host has the address itself.
  if (on === undefined) return address;
  return { address, interface: on, ...(prefix === undefined ? {} : { prefixLength: prefix }) };
}

/** "24" or "255.255.255.0". */
function prefixLength(text: string): number | undefined {
  if (/^\d{1,3}$/.test(text)) return Number(text);
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(text) || parseAddress(text) === undefined) return undefined;
  const bits = text
    .split(".")
    .map((each) => Number(each).toString(2).padStart(8, "0"))
    .join("");
  return /^1*0*$/.test(bits) ? bits.replaceAll("0", "").length : undefined;
}
