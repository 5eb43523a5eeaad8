/** The listings of ifconfig(8). */
import type { Process } from "../../../contract.js";
import {
  findInterface,
  InterfaceError,
  listInterfaces,
  type NetworkInterface,
} from "../../../kernel/network/interface.js";
import { argumentOf, has, type Options } from "../getopt.js";
import { describeInterface, type View } from "./format.js";

/** Words that choose what is shown or set. */
export const families = new Set(["inet", "inet6", "ether", "link"]);

/** One call: the process, and the network stack that it is about. */
export interface Call {
  readonly process: Process;
  readonly vnet: number;
}

/** What -f and an address family ask for. */
export function viewOf(options: Options, family: string | undefined): View {
  const formats = options.letters
    .filter(([letter]) => letter === "f")
    .flatMap(([, value]) => value.split(","))
    .map((one) => one.split(":"))
    .map(([type = "", format = ""]) => [type, format] as const);
  return { family, formats: new Map(formats) };
}

/** -a, -l, -g or nothing: several interfaces, or their names. */
export function showMany(call: Call, options: Options): number {
  const { machine, stdout } = call.process;
  const family = options.operands.find((word) => families.has(word));
  const group = argumentOf(options, "g");
  const chosen = listInterfaces(machine, call.vnet).filter((it) => {
    const up = it.flags.includes("UP");
    if ((has(options, "u") && !up) || (has(options, "d") && up)) return false;
    return group === undefined || it.groups.includes(group);
  });
  if (!has(options, "l") && group === undefined) {
    for (const it of chosen)
      stdout.write(describeInterface(machine, seen(call, it), viewOf(options, family)));
    return 0;
  }
  const names = chosen.filter((it) => hasFamily(it, family)).map((it) => it.name);
  const separator = group === undefined ? " " : "\n";
  if (names.length > 0 || group === undefined) stdout.write(`${names.join(separator)}\n`);
  return 0;
}

function hasFamily(it: NetworkInterface, family: string | undefined): boolean {
  if (family === undefined) return true;
  if (family === "inet" || family === "inet6") return it[family].length > 0;
  return it.ether !== undefined;
}

/** One interface by name. */
export function showOne(call: Call, name: string, view: View): number {
  const it = existing(call, name);
  call.process.stdout.write(describeInterface(call.process.machine, seen(call, it), view));
  return 0;
}

/** A jail without a network of its own sees of the host's addresses only its own. */
function seen({ process, vnet }: Call, it: NetworkInterface): NetworkInterface {
  const jail = process.machine.jails.get(process.jid);
  if (!jail || vnet === jail.jid) return it;
  const own = (family: "ip4" | "ip6", address: string) => {
    if (jail.parameters.get(family) === "inherit") return true;
    const list = jail.parameters.get(`${family}.addr`);
    return Array.isArray(list) && list.includes(address);
  };
  return {
    ...it,
    inet: it.inet.filter(({ address }) => own("ip4", address)),
    inet6: it.inet6.filter(({ address }) => own("ip6", address)),
  };
}

/** An interface of the stack; throws the message that there is none. */
export function existing({ process, vnet }: Call, name: string): NetworkInterface {
  const it = findInterface(process.machine, vnet, name);
  if (!it) throw new InterfaceError(`interface ${name} does not exist`);
  return it;
}
