/** netstat(1): the default route. */
import { type Family, formatAddress, parseAddress } from "./address.js";
import { type Command, type CommandResult, look } from "./command.js";

export const readRoutes = (family: Family): Command =>
  look(["netstat", "-rn", "-f", family], { unguarded: true });

/** Canonical address of the default gateway, when there is one. */
export function parseDefaultGateway(result: CommandResult): string | undefined {
  const line = result.stdout.split("\n").find((each) => each.startsWith("default "));
  const address = parseAddress(line?.split(/\s+/)[1] ?? "");
  return address === undefined ? undefined : formatAddress(address);
}
