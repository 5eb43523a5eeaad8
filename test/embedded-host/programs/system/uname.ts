import type { Process } from "../../contract.js";
import { readSysctl, releaseFacts } from "../../kernel/sysctl.js";
import { describeProblem, has, readOptions } from "./options.js";

/** The order in which uname(1) prints what its options ask for. */
const ORDER = "snrvmpiKUb";

/** uname(1) */
export function uname(process: Process): number {
  const options = readOptions(process.argv.slice(1), `${ORDER}ao`);
  if (options.problem || options.operands.length > 0) {
    if (options.problem) process.stderr.write(describeProblem("uname", options.problem));
    process.stderr.write("usage: uname [-abiKmnoprsUv]\n");
    return 1;
  }
  const all = has(options, "a") ? "snrvm" : "";
  const asked = new Set([...options.given.map(({ letter }) => letter), ...all]);
  if (asked.delete("o") || options.given.length === 0) asked.add("s");
  const values = [...ORDER].filter((letter) => asked.has(letter));
  process.stdout.write(`${values.map((letter) => fact(process, letter)).join(" ")}\n`);
  return 0;
}

function fact(process: Process, letter: string): string {
  const read = (name: string) => readSysctl(process, name) ?? "";
  switch (letter) {
    case "s":
      return read("kern.ostype");
    case "n":
      return read("kern.hostname");
    case "r":
      return read("kern.osrelease");
    case "v":
      return read("kern.version").trim();
    case "m":
      return read("hw.machine");
    case "p":
      return read("hw.machine_arch");
    case "i":
      return read("kern.ident");
    case "b":
      return "0".repeat(40);
    case "K":
      // "Jail value for kern.osreldate and uname -K", says sysctl.
      return read("kern.osreldate");
    default:
      // What the program was compiled with.
      return releaseFacts(process.machine.release).osreldate;
  }
}
