import type { Process } from "../../contract.js";
import { listInterfaces, type NetworkInterface, vnetOf } from "../../kernel/network/interface.js";
import { argumentOf, describeProblem, has, readOptions } from "./options.js";
import { interfaceTo, network, routesOf } from "./routes.js";

interface Route {
  destination: string;
  gateway: string;
  flags: string;
  interface: string;
}

const USAGE = "usage: netstat -r [-46n] [-f address_family]\n";

/** netstat(1), of which only the routing tables are modelled. */
export function netstat(process: Process): number {
  const options = readOptions(process.argv.slice(1), "rnW46f:");
  if (options.problem || !has(options, "r")) {
    if (options.problem) process.stderr.write(describeProblem("netstat", options.problem));
    process.stderr.write(USAGE);
    return 1;
  }
  const family = argumentOf(options, "f");
  const only = has(options, "4") ? "inet" : has(options, "6") ? "inet6" : family;
  const newer = process.machine.release !== "13.2-RELEASE";
  process.stdout.write("Routing tables\n");
  if (only !== "inet6") print(process, "Internet", inetRoutes(process), [18, 18, newer ? 19 : 15]);
  if (only !== "inet") print(process, "Internet6", inet6Routes(process), [33, 29, newer ? 19 : 15]);
  return 0;
}

function print(
  process: Process,
  title: string,
  routes: readonly Route[],
  [left, middle, rest]: readonly [number, number, number],
): void {
  const row = (route: Route) =>
    `${route.destination.padEnd(left)} ${route.gateway.padEnd(middle)} ` +
    `${route.flags}${route.interface.padStart(rest - route.flags.length)}`;
  const head = {
    destination: "Destination",
    gateway: "Gateway",
    flags: "Flags",
    interface: "Netif",
  };
  process.stdout.write(`\n${title}:\n${row(head)} Expire\n`);
  for (const route of routes) process.stdout.write(`${row(route)}\n`);
}

function interfacesOf(process: Process): NetworkInterface[] {
  return listInterfaces(process.machine, vnetOf(process.machine, process.jid));
}

function defaultRoute(process: Process, family: "inet" | "inet6"): Route[] {
  const gateway = routesOf(process).get(family);
  if (gateway === undefined) return [];
  const through = interfaceTo(process, gateway)?.name ?? "lo0";
  return [{ destination: "default", gateway, flags: "UGS", interface: through }];
}

function inetRoutes(process: Process): Route[] {
  const all = interfacesOf(process);
  const loopback = all.find((one) => one.flags.includes("LOOPBACK"));
  const routes = all
    .filter((one) => one.flags.includes("UP"))
    .flatMap((one) => interfaceRoutes(process, one, loopback));
  return [...defaultRoute(process, "inet"), ...routes.sort(byAddress)];
}

function interfaceRoutes(
  process: Process,
  one: NetworkInterface,
  loopback: NetworkInterface | undefined,
): Route[] {
  // From 14 on the route to an own address names the loopback interface that it goes through.
  const own = process.machine.release === "13.2-RELEASE" ? one : (loopback ?? one);
  const link = (it: NetworkInterface) => `link#${it.index ?? 1}`;
  return one.inet.flatMap(({ address, prefix }) => {
    if (one.flags.includes("LOOPBACK")) {
      return [{ destination: address, gateway: link(one), flags: "UH", interface: one.name }];
    }
    const host = { gateway: link(own), interface: loopback?.name ?? one.name };
    if (prefix === 32) return [{ ...host, destination: address, flags: "UH" }];
    const destination = `${network(address, prefix)}/${prefix}`;
    return [
      { destination, gateway: link(one), flags: "U", interface: one.name },
      { ...host, destination: address, flags: "UHS" },
    ];
  });
}

function byAddress(a: Route, b: Route): number {
  const key = ({ destination }: Route) =>
    destination
      .split(/[./]/)
      .slice(0, 4)
      .map((byte) => byte.padStart(3, "0"))
      .join(".");
  return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0;
}

/** Addresses that are never reached: the kernel keeps such routes for them from the start. */
const REJECTED = ["::/96", "::ffff:0.0.0.0/96", "fe80::/10", "ff02::/16"].map((destination) => ({
  destination,
  gateway: "::1",
  flags: "URS",
  interface: "lo0",
}));

function inet6Routes(process: Process): Route[] {
  const routes = interfacesOf(process).flatMap((one) => {
    const link = `link#${one.index ?? 1}`;
    return one.inet6.flatMap(({ address, prefix }) => {
      const scoped = address.startsWith("fe80:") ? `${address}%${one.name}` : address;
      const host = { destination: scoped, gateway: link, flags: "UHS", interface: "lo0" };
      if (prefix === 128) return [host];
      const net = `${address.replace(/::?[0-9a-f:]*$/, "::")}/${prefix}`;
      return [{ destination: net, gateway: link, flags: "U", interface: one.name }, host];
    });
  });
  return [...defaultRoute(process, "inet6"), ...routes, ...REJECTED];
}
