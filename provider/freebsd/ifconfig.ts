/** ifconfig(8): addresses of interfaces. */
import { addressBits, formatAddress, parseAddress } from "./address.js";
import { act, type Command, look, shellFunction } from "./command.js";
import { linesOf, misread } from "./lines.js";
import { once } from "./once.js";

export interface InterfaceAddress {
  readonly interface: string;
  /** Canonical text. */
  readonly address: string;
  readonly prefix: number;
}

/** All interfaces with all addresses, lengths of prefixes as numbers. */
export const listAddresses: Command = look(["ifconfig", "-f", "inet:cidr,inet6:cidr", "-a"], {
  unguarded: true,
});

export interface Interfaces {
  readonly names: ReadonlySet<string>;
  readonly addresses: readonly InterfaceAddress[];
}

/** The interfaces and addresses that `listAddresses` answered. */
export const parseInterfaces = once((result): Interfaces => {
  const names = new Set<string>();
  const addresses: InterfaceAddress[] = [];
  let current: string | undefined;
  for (const line of linesOf("ifconfig", result)) {
    if (!/^\s/.test(line)) {
      current = parseHeader(line);
      names.add(current);
    } else if (current === undefined) throw misread("ifconfig", line);
    else if (/^\s+inet6?\b/.test(line)) addresses.push(...parseAddressLine(current, line));
  }
  return { names, addresses };
});

/** "em0: flags=8863<UP,…> metric 0 mtu 1500": every line that is not indented begins an interface. */
function parseHeader(line: string): string {
  const match = /^(\S+): flags=[0-9a-f]+<[^>]*>/.exec(line);
  if (match === null) throw misread("ifconfig", line);
  return match[1]!;
}

/**
 * "\tinet 10.0.2.15/24 broadcast …", "\tinet6 fd00::1/64 …", or with the other end of a tunnel, "\tinet 10.0.0.1 -->
 * 10.0.0.2/32". Addresses with a zone are link-local and skipped.
 */
function parseAddressLine(name: string, line: string): InterfaceAddress[] {
  const match =
    /^\s+(inet6?) ([^\s/%]+)(%[^\s/]+)?(?: --> \S+?)? ?\/(0|[1-9]\d{0,2})(?: .*)?$/.exec(line);
  const address = parseAddress(match?.[2] ?? "");
  const prefix = Number(match?.[4]);
  if (address === undefined || address.family !== match![1] || prefix > addressBits(address.family))
    throw misread("ifconfig", line);
  if (match![3] !== undefined) return [];
  return [{ interface: name, address: formatAddress(address), prefix }];
}

const family = (address: string): "inet" | "inet6" => (address.includes(":") ? "inet6" : "inet");

export const addAlias = ({ interface: name, address, prefix }: InterfaceAddress): Command =>
  act(["ifconfig", name, family(address), `${address}/${prefix}`, "alias"]);

/** Removes those of the aliases that are there. */
export const removeAliases = (aliases: readonly Omit<InterfaceAddress, "prefix">[]): Command =>
  act(
    [
      "remove_aliases",
      ...aliases.flatMap(({ interface: name, address }) => [name, family(address), address]),
    ],
    { shellFunction: removeAliasesFunction },
  );

const removeAliasesFunction = shellFunction(
  "remove_aliases",
  `while [ $# -gt 0 ]; do
    case $(ifconfig -f inet:cidr,inet6:cidr "$1" 2>/dev/null) in
    *" $3/"*|*" $3 --> "*) ifconfig "$1" "$2" "$3" -alias || return;;
    esac
    shift 3
  done`,
);
