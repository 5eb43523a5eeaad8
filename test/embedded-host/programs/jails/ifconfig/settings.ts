/** What ifconfig(8) sets on an interface, word by word. */
import type { Process } from "../../../contract.js";
import { findJail } from "../../../kernel/jail/jails.js";
import { renameInterface } from "../../../kernel/network/clones.js";
import { addMember, deleteMember, raise } from "../../../kernel/network/configure.js";
import {
  InterfaceError,
  isNewer,
  type NetworkInterface,
  setFlag,
  vnetOf,
} from "../../../kernel/network/interface.js";
import { moveInterface } from "../../../kernel/network/interfaces.js";

/** A setting takes so many words after its own and does something to the interface. */
interface Setting {
  readonly words: number;
  apply(process: Process, it: NetworkInterface, word: string): void;
}

const settings: Readonly<Record<string, Setting>> = {
  up: { words: 0, apply: (_, it) => raise(it) },
  down: { words: 0, apply: (_, it) => setFlag(it, "UP", false) },
  promisc: { words: 0, apply: (_, it) => setFlag(it, "PROMISC", true) },
  "-promisc": { words: 0, apply: (_, it) => setFlag(it, "PROMISC", false) },
  mtu: { words: 1, apply: (_, it, word) => setMtu(it, word) },
  metric: { words: 1, apply: () => undefined },
  fib: { words: 1, apply: () => undefined },
  ether: { words: 1, apply: setEther },
  link: { words: 1, apply: setEther },
  lladdr: { words: 1, apply: setEther },
  name: { words: 1, apply: rename },
  descr: { words: 1, apply: describe },
  description: { words: 1, apply: describe },
  "-descr": { words: 0, apply: undescribe },
  "-description": { words: 0, apply: undescribe },
  group: { words: 1, apply: joinGroup },
  "-group": { words: 1, apply: leaveGroup },
  addm: { words: 1, apply: (process, it, word) => addMember(process.machine, it, word) },
  deletem: { words: 1, apply: (process, it, word) => deleteMember(process.machine, it, word) },
  vlan: { words: 1, apply: (_, it, word) => tag(it, { tag: Number(word) }) },
  vlandev: { words: 1, apply: (_, it, word) => tag(it, { parent: word }) },
  vnet: { words: 1, apply: enterJail },
};

/** Whether a word is a setting; else it is an address. */
export function isSetting(word: string): boolean {
  return word in settings;
}

/** Applies a setting and gives the number of words that it took after its own. */
export function applySetting(
  process: Process,
  it: NetworkInterface,
  [word = "", argument]: readonly string[],
): number {
  const setting = settings[word];
  if (!setting) throw new InterfaceError(`${word}: bad value`);
  if (setting.words > 0 && argument === undefined) {
    throw new InterfaceError(`'${word}' requires ${setting.words} argument`);
  }
  setting.apply(process, it, argument ?? "");
  return setting.words;
}

function setMtu(it: NetworkInterface, word: string): void {
  if (!/^\d+$/.test(word)) throw new InterfaceError(`${word}: bad value`);
  const mtu = Number(word);
  if (mtu < 72 || mtu > 65535) throw new InterfaceError("ioctl (set mtu): Invalid argument");
  it.mtu = mtu;
}

function setEther(process: Process, it: NetworkInterface, word: string): void {
  const address = word === "random" ? randomEther(process) : word.toLowerCase();
  if (!/^([0-9a-f]{1,2}:){5}[0-9a-f]{1,2}$/.test(address)) {
    throw new InterfaceError("malformed link-level address");
  }
  it.hwaddr ??= it.ether;
  it.ether = address
    .split(":")
    .map((byte) => byte.padStart(2, "0"))
    .join(":");
}

function randomEther(process: Process): string {
  const byte = () => Math.floor(process.machine.random() * 256).toString(16);
  return ["02", byte(), byte(), byte(), byte(), byte()].join(":");
}

function rename(process: Process, it: NetworkInterface, name: string): void {
  renameInterface(process.machine, it, name);
  process.stdout.write(`${name}\n`);
}

function describe(_: Process, it: NetworkInterface, text: string): void {
  it.description = text === "" ? undefined : text;
}

function undescribe(_: Process, it: NetworkInterface): void {
  it.description = undefined;
}

function joinGroup(_: Process, it: NetworkInterface, group: string): void {
  if (/\d$/.test(group)) throw new InterfaceError("setifgroup: group names may not end in a digit");
  if (it.groups.includes(group)) throw new InterfaceError(" SIOCAIFGROUP: File exists");
  it.groups = [...it.groups, group];
}

function leaveGroup(_: Process, it: NetworkInterface, group: string): void {
  if (!it.groups.includes(group)) {
    throw new InterfaceError(" SIOCDIFGROUP: No such file or directory");
  }
  it.groups = it.groups.filter((one) => one !== group);
}

function tag(it: NetworkInterface, part: { tag?: number; parent?: string }): void {
  it.vlan = { tag: 0, parent: "<none>", ...it.vlan, ...part };
}

function enterJail({ machine }: Process, it: NetworkInterface, name: string): void {
  const jail = findJail(machine, name);
  if (!jail) {
    const shown = /^[1-9]\d*$/.test(name) ? name : `"${name}"`;
    throw new InterfaceError(`jail ${shown} not found`);
  }
  if (vnetOf(machine, jail.jid) === it.jid) {
    const what = isNewer(machine.release) ? ` (${it.name}, ${name})` : "";
    throw new InterfaceError(`SIOCSIFVNET${what}: File exists`);
  }
  moveInterface(machine, it, vnetOf(machine, jail.jid));
}
