/** arp(8) and ndp(8), as far as they list: the interfaces' own addresses and the gateway. */
import type { Process } from "../../../contract.js";
import { inetNumber, sameNetwork } from "../../../kernel/network/addresses.js";
import { isNewer, listInterfaces, vnetOf } from "../../../kernel/network/interface.js";
import { getopt, has } from "../getopt.js";

/** Seconds that a learned address is kept. */
const keep = 1200;

/** arp -a: addresses of the own interfaces, and of the gateway. */
export function arp(process: Process): number {
  const options = getopt(process, "adnSsfi:");
  if (!options || !has(options, "a") || has(options, "d")) {
    process.stderr.write("usage: arp [-n] [-i interface] -a\n");
    return 1;
  }
  const { machine } = process;
  for (const it of listInterfaces(machine, vnetOf(machine, process.jid))) {
    if (it.ether === undefined) continue;
    const line = (address: string, ether: string | undefined, end: string) =>
      process.stdout.write(`? (${address}) at ${ether} on ${it.name} ${end} [ethernet]\n`);
    for (const { address } of it.inet) line(address, it.ether, "permanent");
    const gateway = machine.routes.get("inet");
    const near = it.inet.some((one) => gateway && sameNetwork(one.address, gateway, one.prefix));
    if (gateway && near) line(gateway, etherOf(gateway), `expires in ${keep} seconds`);
  }
  return 0;
}

/** The emulated network derives a hardware address from the IPv4 address. */
function etherOf(address: string): string {
  const bytes = [24, 16, 8, 0].map((shift) => (inetNumber(address) >>> shift) & 255);
  return ["52", "55", ...bytes.map((byte) => byte.toString(16).padStart(2, "0"))].join(":");
}

/** ndp -a: the IPv6 addresses of the own interfaces. */
export function ndp(process: Process): number {
  const options = getopt(process, "acHnpPrRtA:");
  if (!options || !has(options, "a")) {
    process.stderr.write("usage: ndp [-nt] -a\n");
    return 1;
  }
  const { machine, stdout } = process;
  const last = isNewer(machine.release) ? "S Flags" : "1s 5s";
  const columns = ["Neighbor".padEnd(36), "Linklayer Address ", "Netif", "Expire   ", last];
  stdout.write(`${columns.join(" ")}\n`);
  for (const it of listInterfaces(machine, vnetOf(machine, process.jid))) {
    if (it.ether === undefined) continue;
    // The newest address comes first.
    for (const { address, scope } of [...it.inet6].reverse()) {
      const name = scope === undefined ? address : `${address}%${it.name}`;
      stdout.write(
        `${name.padEnd(36)} ${it.ether.padStart(17)} ${it.name.padStart(6)} permanent R \n`,
      );
    }
  }
  return 0;
}
