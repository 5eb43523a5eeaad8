import type { Process } from "../../contract.js";
import { describeOid, listJailParameterOids, readSysctl } from "../../kernel/sysctl.js";
import { describeProblem, has, type Options, readOptions } from "./options.js";

const JAIL_PARAMETERS = "security.jail.param";
const USAGE =
  "usage: sysctl [-bdehilNnoqTtWx] [ -B <bufsize> ] [-f filename] name[=value] ...\n" +
  "       sysctl [-bdehlNnoqTtWx] [ -B <bufsize> ] -a\n";

/** sysctl(8) */
export function sysctl(process: Process): number {
  const options = readOptions(process.argv.slice(1), "adehinNoqx");
  if (options.problem) {
    process.stderr.write(describeProblem("sysctl", options.problem) + USAGE);
    return 1;
  }
  if (has(options, "a")) return showAll(process, options);
  if (options.operands.length === 0) {
    process.stderr.write(USAGE);
    return 1;
  }
  let status = 0;
  for (const operand of options.operands) {
    if (!handleOperand(process, operand, options)) status = 1;
  }
  return status;
}

function showAll(process: Process, options: Options): number {
  for (const name of process.machine.sysctl.keys()) show(process, name, options);
  if (has(options, "N") || has(options, "d")) showJailParameters(process, JAIL_PARAMETERS, options);
  return 0;
}

function handleOperand(process: Process, operand: string, options: Options): boolean {
  const equals = operand.indexOf("=");
  const name = equals < 0 ? operand : operand.slice(0, equals);
  if (equals >= 0) return assign(process, name, operand.slice(equals + 1), options);
  if (process.machine.sysctl.has(name)) {
    show(process, name, options);
    return true;
  }
  const below = [...process.machine.sysctl.keys()].filter((leaf) => leaf.startsWith(`${name}.`));
  for (const leaf of below) show(process, leaf, options);
  if (showJailParameters(process, name, options) || below.length > 0) return true;
  return unknown(process, name, options);
}

function unknown(process: Process, name: string, options: Options): boolean {
  if (has(options, "i")) return true;
  if (!has(options, "q")) process.stderr.write(`sysctl: unknown oid '${name}'\n`);
  return false;
}

function show(process: Process, name: string, options: Options): void {
  const value = readSysctl(process, name) ?? "";
  const description = describeOid(process.machine, name)?.description ?? "";
  process.stdout.write(line(name, value.replace(/\n$/, ""), description, options));
}

function line(name: string, value: string, description: string, options: Options): string {
  if (has(options, "N")) return `${name}\n`;
  const shown = has(options, "d") ? description : value;
  if (has(options, "n")) return `${shown}\n`;
  return `${name}${has(options, "e") ? "=" : ": "}${shown}\n`;
}

/** The tree of jail parameters has names and descriptions, but no values worth showing. */
function showJailParameters(process: Process, name: string, options: Options): boolean {
  const inside = name === JAIL_PARAMETERS || name.startsWith(`${JAIL_PARAMETERS}.`);
  if (!inside) return false;
  const all = listJailParameterOids(process.machine);
  const below = all.filter((oid) => oid.name.startsWith(`${name}.`));
  const itself = all.filter((oid) => oid.name === name);
  // A branch is named by its descriptions only.
  const shown = has(options, "d") || below.length === 0 ? [...itself, ...below] : below;
  if (name === JAIL_PARAMETERS && has(options, "d")) {
    process.stdout.write(line(name, "", "Jail parameters", options));
  }
  if (!has(options, "d") && !has(options, "N")) return shown.length > 0;
  for (const oid of shown) process.stdout.write(line(oid.name, "", oid.description, options));
  return shown.length > 0;
}

function assign(process: Process, name: string, value: string, options: Options): boolean {
  const { machine } = process;
  const before = readSysctl(process, name);
  if (before === undefined) return unknown(process, name, options);
  if (!describeOid(machine, name)?.writable) {
    process.stderr.write(`sysctl: oid '${name}' is read only\n`);
    return false;
  }
  if (process.credentials.uid !== 0 || process.jid !== 0) {
    process.stderr.write(`sysctl: ${name}=${value}: Operation not permitted\n`);
    return false;
  }
  if (/^-?\d+$/.test(before) && !/^-?\d+$/.test(value)) {
    process.stderr.write(`sysctl: invalid integer '${value}'\n`);
    return false;
  }
  machine.sysctl.set(name, value);
  const change = `${before} -> ${value}\n`;
  if (!has(options, "q")) process.stdout.write(has(options, "n") ? change : `${name}: ${change}`);
  return true;
}
