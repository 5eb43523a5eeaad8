/** An interface as ifconfig(8) shows it. */
import type { Machine } from "../../../contract.js";
import { broadcastOf, inetText, netmaskOf } from "../../../kernel/network/addresses.js";
import {
  driverOf,
  findInterface,
  flagBits,
  type Inet6Address,
  isNewer,
  type NetworkInterface,
} from "../../../kernel/network/interface.js";

/** What is asked for: one family or all, and the formats of -f ("inet" to "cidr"). */
export interface View {
  readonly family?: string;
  readonly formats: ReadonlyMap<string, string>;
}

/** The lines of one interface. */
export function describeInterface(machine: Machine, it: NetworkInterface, view: View): string {
  const { family } = view;
  const whole = family === undefined;
  const lines = [
    heading(machine, it),
    ...(it.description === undefined ? [] : [`description: ${it.description}`]),
    ...capabilities(machine, it),
    ...(whole || family === "ether" || family === "link" ? hardware(it) : []),
    ...addresses(machine, it, view),
    ...(whole ? details(machine, it) : []),
    ...(whole || family === "inet6" ? [discovery(it)] : []),
  ];
  return `${lines.join("\n\t")}\n`;
}

function heading(machine: Machine, it: NetworkInterface): string {
  const set = flagBits.filter(([name]) => it.flags.includes(name));
  // Releases before 14 mark drivers of real cards with a bit that has no name.
  const hidden = !isNewer(machine.release) && ["vtnet", "epair"].includes(driverOf(it)) ? 0x20 : 0;
  const bits = set.reduce((sum, [, bit]) => sum | bit, hidden);
  const names = set.map(([name]) => name).join(",");
  return `${it.name}: flags=${bits.toString(16)}<${names}> metric 0 mtu ${it.mtu}`;
}

const olderOptions: Readonly<Record<string, string>> = {
  vtnet: "80028<VLAN_MTU,JUMBO_MTU,LINKSTATE>",
  lo: "680003<RXCSUM,TXCSUM,LINKSTATE,RXCSUM_IPV6,TXCSUM_IPV6>",
  epair: "8<VLAN_MTU>",
  tap: "80000<LINKSTATE>",
  tun: "80000<LINKSTATE>",
};

const newerOptions: Readonly<Record<string, string>> = {
  ...olderOptions,
  vtnet: "880028<VLAN_MTU,JUMBO_MTU,LINKSTATE,HWSTATS>",
  epair: "60001b<RXCSUM,TXCSUM,VLAN_MTU,VLAN_HWTAGGING,RXCSUM_IPV6,TXCSUM_IPV6>",
  bridge: "10<VLAN_HWTAGGING>",
};

function capabilities(machine: Machine, it: NetworkInterface): string[] {
  const options = (isNewer(machine.release) ? newerOptions : olderOptions)[driverOf(it)];
  return options === undefined ? [] : [`options=${options}`];
}

function hardware(it: NetworkInterface): string[] {
  if (it.ether === undefined) return [];
  const made = it.hwaddr === undefined || it.hwaddr === it.ether ? [] : [`hwaddr ${it.hwaddr}`];
  return [`ether ${it.ether}`, ...made];
}

function addresses(machine: Machine, it: NetworkInterface, { family, formats }: View): string[] {
  const inet = it.inet.map((one) => inetLine(it, one, formats.get("inet")));
  const inet6 = it.inet6.map((one) => inet6Line(machine, it, one, formats.get("inet6")));
  if (family !== undefined) return family === "inet" ? inet : family === "inet6" ? inet6 : [];
  return !isNewer(machine.release) && it.inet6First ? [...inet6, ...inet] : [...inet, ...inet6];
}

function inetLine(
  it: NetworkInterface,
  { address, prefix }: { address: string; prefix: number },
  format: string | undefined,
): string {
  const mask = netmaskOf(prefix);
  const hex = `0x${mask.toString(16).padStart(8, "0")}`;
  const network =
    format === "cidr"
      ? `inet ${address}/${prefix}`
      : `inet ${address} netmask ${format === "dotted" ? inetText(mask) : hex}`;
  if (!it.flags.includes("BROADCAST")) return network;
  return `${network} broadcast ${broadcastOf(address, prefix)}`;
}

function inet6Line(
  machine: Machine,
  it: NetworkInterface,
  { address, prefix, scope, tentativeUntil }: Inet6Address,
  format: string | undefined,
): string {
  const zone = scope === undefined ? "" : `%${it.name}`;
  const network = `inet6 ${address}${zone}${format === "cidr" ? "/" : " prefixlen "}${prefix}`;
  const tentative = (tentativeUntil ?? 0) > machine.now() ? " tentative" : "";
  const scopeid = scope === undefined ? "" : ` scopeid 0x${scope.toString(16)}`;
  return network + tentative + scopeid;
}

function details(machine: Machine, it: NetworkInterface): string[] {
  const driver = driverOf(it);
  const groups = it.groups.length > 0 ? [`groups: ${it.groups.join(" ")}`] : [];
  const vlan = it.vlan
    ? [`vlan: ${it.vlan.tag} vlanproto: 802.1q vlanpcp: 0 parent interface: ${it.vlan.parent}`]
    : [];
  if (driver === "bridge") return [...bridgeLines(machine, it), ...groups];
  return [...groups, ...vlan, ...(media[driver] ?? [])];
}

const media: Readonly<Record<string, readonly string[]>> = {
  vtnet: ["media: Ethernet autoselect (10Gbase-T <full-duplex>)", "status: active"],
  epair: ["media: Ethernet 10Gbase-T (10Gbase-T <full-duplex>)", "status: active"],
  tap: ["media: Ethernet autoselect", "status: no carrier"],
  vlan: ["media: Ethernet autoselect (10Gbase-T <full-duplex>)", "status: active"],
};

function bridgeLines(machine: Machine, bridge: NetworkInterface): string[] {
  const newer = isNewer(machine.release);
  const lines = [
    "id 00:00:00:00:00:00 priority 32768 hellotime 2 fwddelay 15",
    "maxage 20 holdcnt 6 proto rstp maxaddr 2000 timeout 1200",
    "root id 00:00:00:00:00:00 priority 32768 ifcost 0 port 0",
    ...(newer ? ["bridge flags=0<>"] : []),
  ];
  for (const name of bridge.members ?? []) {
    const port = findInterface(machine, bridge.jid, name)?.index ?? 0;
    const cost = `port ${port} priority 128 path cost 2000`;
    lines.push(`member: ${name} flags=143<LEARNING,DISCOVER,AUTOEDGE,AUTOPTP>`);
    lines.push(`        ${newer ? `${cost} vlan protocol 802.1q` : `ifmaxaddr 0 ${cost}`}`);
  }
  return lines;
}

/** Options of IPv6 neighbour discovery. */
function discovery(it: NetworkInterface): string {
  const set: (readonly [string, number])[] = [["PERFORMNUD", 0x1]];
  if (it.inet6Disabled) set.push(["IFDISABLED", 0x8]);
  if (driverOf(it) !== "bridge") set.push(["AUTO_LINKLOCAL", 0x20]);
  const bits = set.reduce((sum, [, bit]) => sum | bit, 0);
  return `nd6 options=${bits.toString(16)}<${set.map(([name]) => name).join(",")}>`;
}
