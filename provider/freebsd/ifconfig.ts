/** ifconfig(8): addresses of interfaces. */
import { formatAddress, parseAddress } from "./address.js";
import { act, type Command, look, shellFunction } from "./command.js";
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
  let current = "";
  for (const line of result.stdout.split("\n")) {
    const header = /^(\S+): flags=/.exec(line);
    if (header !== null) {
      current = header[1]!;
      names.add(current);
    }
    const entry = parseAddressLine(current, line);
    if (entry !== undefined) addresses.push(entry);
  }
  return { names, addresses };
});

/** "\tinet 10.0.2.15/24 broadcast …" or "\tinet6 fd00::1/64 …"; addresses with a zone are link-local and skipped. */
function parseAddressLine(name: string, line: string): InterfaceAddress | undefined {
  const match = /^\s+inet6? ([0-9a-fA-F.:]+)\/(\d+)\b/.exec(line);
  const address = match === null ? undefined : parseAddress(match[1]!);
  if (address === undefined || name === "") return undefined;
  return { interface: name, address: formatAddress(address), prefix: Number(match![2]) };
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
    *" $3/"*) ifconfig "$1" "$2" "$3" -alias || return;;
    esac
    shift 3
  done`,
);
