/** cpuset(1): which processors a jail may use. */
import type { Machine, Process } from "../../contract.js";
import { findJail } from "../../kernel/jail/jails.js";
import { sideTable } from "../../kernel/side-tables.js";
import { argumentOf, getopt, has } from "./getopt.js";
import { fail } from "./output.js";

/** Masks that were set, by jail. */
const masks = sideTable<Machine, Map<number, number[]>>();

export function cpuset(process: Process): number {
  const options = getopt(process, "Ccd:gij:l:n:p:rs:t:x:");
  if (!options || options.letters.length === 0) {
    process.stderr.write(
      "usage: cpuset [-l cpu-list] [-n policy:domain-list] [-s setid] cmd ...\n",
    );
    return 64;
  }
  const name = argumentOf(options, "j");
  const jail = name === undefined ? undefined : findJail(process.machine, name);
  if (name !== undefined && !jail) {
    const shown = /^\d+$/.test(name) ? name : `"${name}"`;
    return fail(process, `jail ${shown} not found`);
  }
  if (has(options, "g")) {
    const subject = jail ? `jail ${jail.jid}` : "pid -1";
    const mask = (jail && maskOf(process.machine, jail.jid)) ?? processors(process.machine);
    process.stdout.write(`${subject} mask: ${mask.join(", ")}\n`);
    process.stdout.write(`${subject} domain policy: first-touch mask: 0\n`);
    return 0;
  }
  const list = argumentOf(options, "l");
  return jail && list !== undefined ? setMask(process, jail.jid, list) : 0;
}

function processors(machine: Machine): number[] {
  const count = Number(machine.sysctl.get("hw.ncpu") ?? 1);
  return Array.from({ length: count }, (_, index) => index);
}

function maskOf(machine: Machine, jid: number): number[] | undefined {
  return masks.get(machine)?.get(jid);
}

function setMask(process: Process, jid: number, list: string): number {
  const { machine } = process;
  const all = processors(machine);
  const wanted = list === "all" ? all : list.split(",").flatMap(range);
  if (process.credentials.uid !== 0) return fail(process, "setaffinity: Operation not permitted");
  if (wanted.some((one) => !all.includes(one))) {
    return fail(process, "setaffinity: Invalid argument");
  }
  const known = masks.get(machine) ?? new Map<number, number[]>();
  masks.set(machine, known.set(jid, wanted));
  return 0;
}

/** "0-2" are 0, 1 and 2. */
function range(text: string): number[] {
  const [first = 0, last = first] = text.split("-").map(Number);
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
