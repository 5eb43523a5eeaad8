/** netstat(1): the default route. */
import { type Family, formatAddress, parseAddress } from "./address.js";
import { type Command, type CommandResult, look } from "./command.js";
import { linesOf, misread } from "./lines.js";

export const readRoutes = (family: Family): Command =>
  look(["netstat", "-rn", "-f", family], { unguarded: true });

/** Canonical address of the default gateway, when there is one. */
export function parseDefaultGateway(result: CommandResult): string | undefined {
  const [title = "", ...lines] = linesOf("netstat", result);
  if (!title.startsWith("Routing tables")) throw misread("netstat", title);
  const [gateway] = lines.filter((line) => /^default\b/.test(line)).map(parseGateway);
  return gateway;
}

/** "default 10.0.2.2 UGS em0"; an interface ("link#2", an Ethernet address) or a link-local router is no address. */
function parseGateway(line: string): string | undefined {
  const gateway = /^default +(\S+) +[A-Z]\w* +\S+( +\d+)? *$/.exec(line)?.[1];
  if (gateway === undefined) throw misread("netstat", line);
  if (!/^[0-9a-fA-F.:]+$/.test(gateway) || /^(\w\w:){5}\w\w$/.test(gateway)) return undefined;
  const address = parseAddress(gateway);
  if (address === undefined) throw misread("netstat", line);
  return formatAddress(address);
}
