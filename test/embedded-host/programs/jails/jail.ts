/** jail(8): makes, changes and removes jails, from jail.conf(5) or from the command line. */
import type { Process } from "../../contract.js";
import { isNewer } from "../../kernel/network/interface.js";
import { argumentOf, getopt, has, type Options } from "./getopt.js";
import { ConfigError } from "./jail/lexer.js";
import { loadJailConf } from "./jail/load.js";
import { checkDependencies, type Operation, specsLike, stopTargets, Work } from "./jail/order.js";
import { printSpec } from "./jail/print.js";
import { addArgument, isWild, resolveJails } from "./jail/resolve.js";
import type { JailRun } from "./jail/run.js";
import { JailSpec } from "./jail/spec.js";
import { fail, warn } from "./output.js";

const usage = `usage: jail [-dhilqv] [-J jid_file] [-u username] [-U username]
            -[cmr] param=value ... [command=command ...]
       jail [-dqv] [-f file] -[cmr] [jail]
       jail [-qv] [-f file] -[rR] ['*' | jail ...]
       jail [-dhilqv] [-J jid_file] [-u username] [-U username]
            [-n jailname] [-s securelevel]
            path hostname ip[,...] command ...
       jail [-f file] -e separator
`;

class UsageError extends Error {}

/** What the command line says. */
interface Invocation extends Operation {
  readonly process: Process;
  readonly options: Options;
  readonly operands: readonly string[];
  readonly file: string;
  /** -R: without configuration. */
  readonly forced: boolean;
  /** Options that describe a jail on the command line. */
  readonly described: readonly (readonly [string, string | undefined])[];
}

export async function jail(process: Process): Promise<number> {
  const letters = `cde:f:hiJ:lmn:p:qrRs:u:U:v${isNewer(process.machine.release) ? "C" : ""}`;
  const options = getopt(process, letters);
  try {
    if (!options) throw new UsageError();
    return await invoke(invocationOf(process, options));
  } catch (error) {
    if (error instanceof ConfigError) return fail(process, error.message);
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(usage);
    return 1;
  }
}

function invocationOf(process: Process, options: Options): Invocation {
  return {
    process,
    options,
    operands: options.operands,
    file: argumentOf(options, "f") ?? "/etc/jail.conf",
    create: has(options, "c"),
    modify: has(options, "m"),
    remove: has(options, "r") || has(options, "R"),
    clean: has(options, "C"),
    forced: has(options, "R"),
    described: options.letters.flatMap(([letter, value]) => describing(letter, value)),
  };
}

function describing(letter: string, value: string): [string, string | undefined][] {
  switch (letter) {
    case "h":
      return [["ip_hostname", undefined]];
    case "l":
      return [["exec.clean", undefined]];
    case "n":
      return [["name", value]];
    case "s":
      return [["securelevel", value]];
    case "u":
      return [
        ["exec.jail_user", value],
        ["exec.system_jail_user", undefined],
      ];
    case "U":
      return [
        ["exec.jail_user", value],
        ["exec.system_jail_user", "false"],
      ];
    default:
      return [];
  }
}

async function invoke(call: Invocation): Promise<number> {
  const { process, operands } = call;
  const separator = argumentOf(call.options, "e");
  if (separator !== undefined) {
    if (call.create || call.modify || call.remove || operands.length > 0) throw new UsageError();
    const specs = await configured(call);
    for (const spec of specs) process.stdout.write(printSpec(spec, separator));
    return 0;
  }
  const stops = (call.remove || call.clean) && !call.create && !call.modify;
  if (stops) return await stop(call);
  if (!call.create && !call.modify) throw new UsageError();
  const single = operands.length > 1 || operands[0]?.includes("=") === true;
  if (call.forced || (!single && call.described.length > 0)) throw new UsageError();
  return await start(call, single);
}

async function configured(call: Invocation): Promise<JailSpec[]> {
  const raw = await loadJailConf(call.process, call.file);
  return resolveJails(raw, (text) => warn(call.process, text));
}

function runOf(call: Invocation, specs: JailSpec[], noteRemoved: boolean): JailRun {
  const quiet = has(call.options, "q") || has(call.options, "i");
  const verbose = has(call.options, "v") ? 1 : quiet ? -1 : 0;
  const printJid = has(call.options, "i");
  return { process: call.process, verbose, printJid, noteRemoved, specs, made: [] };
}

async function stop(call: Invocation): Promise<number> {
  const { process, operands, forced, file } = call;
  if (operands.length === 0 || call.described.length > 0) throw new UsageError();
  if (!forced && operands.some((one) => one.includes("="))) throw new UsageError();
  const present = file === "-" || process.machine.files.exists(process, file);
  const reads = !forced && (present || call.clean);
  const specs = reads ? await configured(call) : [];
  const run = runOf(call, specs, reads || operands.length > 1 || isWild(operands[0] ?? ""));
  checkDependencies(run, reads);
  const work = new Work(run, call);
  let unknown = false;
  for (const target of operands) {
    const found = stopTargets(run, target, forced);
    if (found.length === 0 && !isWild(target)) {
      warn(process, `"${target}" not found`);
      unknown = true;
    }
    for (const spec of found) await work.on(spec, isWild(target));
  }
  return unknown || specs.some((spec) => spec.failed) || run.specs.some((one) => one.failed)
    ? 1
    : 0;
}

async function start(call: Invocation, single: boolean): Promise<number> {
  const { process, operands } = call;
  const specs = single ? [argumentSpec(call)] : await configured(call);
  const run = runOf(call, specs, false);
  checkDependencies(run, !single);
  const target = single ? undefined : operands[0];
  const wild = target === undefined || isWild(target);
  const chosen = wild
    ? specsLike(run, target ?? "*")
    : specs.filter((spec) => spec.name === target);
  if (chosen.length === 0 && !wild) return fail(process, `"${target}" not found`);
  const work = new Work(run, call);
  for (const spec of chosen) await work.on(spec, wild && !single);
  writeJidFile(call, run);
  return chosen.some((spec) => spec.failed) ? 1 : 0;
}

/** The jail that the command line describes. */
function argumentSpec(call: Invocation): JailSpec {
  const spec = new JailSpec(undefined);
  const add = (name: string, value: string | undefined) =>
    addArgument(spec, name, value, (text) => warn(call.process, text));
  for (const [name, value] of call.described) add(name, value);
  const { operands } = call;
  const command = operands.findIndex((one) => one === "command" || one.startsWith("command="));
  for (const operand of command < 0 ? operands : operands.slice(0, command)) {
    const equals = operand.indexOf("=");
    const name = equals < 0 ? operand : operand.slice(0, equals);
    const value = equals < 0 ? undefined : operand.slice(equals + 1);
    const isList = name === "ip4.addr" || name === "ip6.addr";
    for (const one of isList && value !== undefined ? value.split(",") : [value]) add(name, one);
  }
  if (command < 0) return spec;
  const [first = "", ...rest] = operands.slice(command);
  for (const word of first === "command" ? rest : [first.slice(8), ...rest]) add("command", word);
  return spec;
}

function writeJidFile(call: Invocation, run: JailRun): void {
  const file = argumentOf(call.options, "J");
  if (file === undefined) return;
  const lines = run.made.map(({ spec, jid }) => printSpec(spec, "\t", jid));
  call.process.machine.files.write(call.process, file, lines.join(""));
}
