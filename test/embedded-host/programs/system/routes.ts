import type { Interface, Machine, Process } from "../../contract.js";
import { inetNumber, inetText, netmaskOf } from "../../kernel/network/addresses.js";
import { listInterfaces, vnetOf } from "../../kernel/network/interface.js";
import { sideTable } from "../../kernel/side-tables.js";

type Family = "inet" | "inet6";

/** Default routes of jails with a network stack of their own. */
const ofJails = sideTable<Machine, Map<number, Map<Family, string>>>();

/** The default routes of the network stack that a process uses. */
export function routesOf(process: Process): Map<Family, string> {
  const { machine } = process;
  const vnet = vnetOf(machine, process.jid);
  if (vnet === 0) return machine.routes as Map<Family, string>;
  const jails = ofJails.get(machine) ?? new Map<number, Map<Family, string>>();
  ofJails.set(machine, jails);
  const routes = jails.get(vnet) ?? new Map<Family, string>();
  jails.set(vnet, routes);
  return routes;
}

/** The interface whose network an address lies in. */
export function interfaceTo(process: Process, gateway: string): Interface | undefined {
  const all = listInterfaces(process.machine, vnetOf(process.machine, process.jid));
  if (gateway.includes(":")) {
    return all.find((one) => one.inet6.length > 0 && !one.flags.includes("LOOPBACK"));
  }
  return all.find((one) =>
    one.inet.some(({ address, prefix }) => network(address, prefix) === network(gateway, prefix)),
  );
}

/** The address of the network that an address with a prefix length lies in. */
export function network(address: string, prefix: number): string {
  return inetText((inetNumber(address) & netmaskOf(prefix)) >>> 0);
}
