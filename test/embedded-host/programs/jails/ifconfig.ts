/** ifconfig(8): shows and configures network interfaces. */
import type { Process } from "../../contract.js";
import { findJail } from "../../kernel/jail/jails.js";
import { cloneInterface, destroyInterface } from "../../kernel/network/clones.js";
import {
  findInterface,
  InterfaceError,
  isNewer,
  type NetworkInterface,
  vnetOf,
} from "../../kernel/network/interface.js";
import { moveInterface } from "../../kernel/network/interfaces.js";
import { argumentOf, getopt, has } from "./getopt.js";
import { type AddressChange, applyAddress, readAddressWord } from "./ifconfig/address.js";
import { applySetting, isSetting } from "./ifconfig/settings.js";
import { type Call, existing, families, showMany, showOne, viewOf } from "./ifconfig/show.js";
import { fail } from "./output.js";

const usage = `usage: ifconfig [-f type:format] interface address_family [address [dest_address]]
                [parameters]
       ifconfig interface create
       ifconfig -a [-d] [-m] [-u] [-v] [-f type:format] [address_family]
       ifconfig -l [-d] [-u] [address_family]
       ifconfig [-d] [-m] [-u] [-v] [-f type:format]
`;

export function ifconfig(process: Process): number {
  const options = getopt(
    process,
    `adDf:g:G:klLmnuvC${isNewer(process.machine.release) ? "j:" : ""}`,
  );
  if (!options) {
    process.stderr.write(usage);
    return 1;
  }
  try {
    const call = { process, vnet: stackOf(process, argumentOf(options, "j")) };
    const [name, ...words] = options.operands;
    const all = has(options, "a") || has(options, "l") || name === undefined;
    if (all || argumentOf(options, "g") !== undefined) return showMany(call, options);
    if (words.length === 0 || (words.length === 1 && families.has(words[0] ?? ""))) {
      return showOne(call, name, viewOf(options, words[0]));
    }
    return configure(call, name, words);
  } catch (error) {
    if (error instanceof InterfaceError) return fail(process, error.message);
    throw error;
  }
}

function stackOf(process: Process, jail: string | undefined): number {
  if (jail === undefined) return vnetOf(process.machine, process.jid);
  const found = findJail(process.machine, jail);
  if (!found) throw new InterfaceError("jail not found: No such file or directory");
  return vnetOf(process.machine, found.jid);
}

function configure(call: Call, name: string, words: readonly string[]): number {
  const { process, vnet } = call;
  const [first = "", second = ""] = words;
  if (first === "create" || first === "plumb") return create(call, name, words.slice(1));
  if (first === "-vnet") return takeBack(call, name, second);
  const it = existing(call, name);
  if (first === "destroy" || first === "unplumb") {
    check(call, "SIOCIFDESTROY: Operation not permitted");
    destroyInterface(process.machine, it);
    return 0;
  }
  const changesAddress = !isSetting(first);
  const action = words.some((word) => ["-alias", "delete", "remove"].includes(word)) ? "D" : "A";
  const denied = isNewer(process.machine.release) ? "Operation not permitted" : "permission denied";
  check(call, changesAddress ? `ioctl (SIOC${action}IFADDR): ${denied}` : denied);
  apply(process, it, words, vnet);
  return 0;
}

/** Root may, in a jail only when it has a network of its own. */
function check({ process, vnet }: Call, refusal: string): void {
  const own = process.jid === 0 || vnet === process.jid;
  if (process.credentials.uid !== 0 || !own) throw new InterfaceError(refusal);
}

function create(call: Call, spec: string, words: readonly string[]): number {
  const { process, vnet } = call;
  check(call, `SIOCIFCREATE2 (${spec}): Operation not permitted`);
  const name = cloneInterface(process.machine, vnet, spec);
  const it = existing(call, name);
  apply(process, it, words, vnet);
  // A new name was already told by the word that gave it.
  if (it.name !== spec && it.name === name) process.stdout.write(`${name}\n`);
  return 0;
}

/** `ifconfig IF -vnet JAIL`: the interface is in the jail and not seen here. */
function takeBack(call: Call, name: string, jail: string): number {
  const { machine } = call.process;
  check(call, "SIOCSIFRVNET: Operation not permitted");
  const found = findJail(machine, jail);
  if (!found) throw new InterfaceError(`jail "${jail}" not found`);
  const it = findInterface(machine, vnetOf(machine, found.jid), name);
  if (!it) throw new InterfaceError(`interface ${name} does not exist`);
  moveInterface(machine, it, call.vnet);
  return 0;
}

function apply(
  process: Process,
  it: NetworkInterface,
  words: readonly string[],
  vnet: number,
): void {
  const [first = ""] = words;
  const family = first === "inet6" ? "inet6" : "inet";
  const change: AddressChange = { family, action: "replace" };
  let at = families.has(first) && first !== "ether" && first !== "link" ? 1 : 0;
  const settings: (readonly string[])[] = [];
  while (at < words.length) {
    const rest = words.slice(at);
    const taken = isSetting(rest[0] ?? "") ? 0 : readAddressWord(change, rest);
    if (taken > 0) {
      at += taken;
      continue;
    }
    settings.push(rest);
    at += 1 + applySetting(process, it, rest);
  }
  if (it.jid === vnet) applyAddress(process.machine, it, change);
}
