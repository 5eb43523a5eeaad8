import type { Process } from "../../contract.js";
import type { KernelProcess } from "../../kernel/process.js";
import { SIGTERM, signalNumber } from "../../kernel/signals.js";
import { type Options, parseOptions, usage } from "./child.js";
import { jailId } from "./ps.js";

const LETTERS = "aflnoqvxg:j:P:U:u:";

/** pgrep(1): numbers of processes whose name matches. */
export function pgrep(process: Process): number {
  return find(process, "pgrep", process.argv.slice(1), (found, options) => {
    if (options.flags.has("q")) return;
    for (const { pid, command } of found) {
      process.stdout.write(options.flags.has("l") ? `${pid} ${command}\n` : `${pid}\n`);
    }
  });
}

/** pkill(1): a signal to processes whose name matches. */
export function pkill(process: Process): number {
  let args = process.argv.slice(1);
  let signal: number = SIGTERM;
  const given = /^-(\d+|[A-Z][A-Z0-9]+)$/.exec(args[0] ?? "");
  if (given !== null) {
    signal = signalNumber(given[1] as string) ?? SIGTERM;
    args = args.slice(1);
  }
  return find(process, "pkill", args, (found) => {
    for (const { pid } of found) process.machine.kill(pid, signal);
  });
}

function find(
  process: Process,
  tool: string,
  args: readonly string[],
  act: (found: KernelProcess[], options: Options) => void,
): number {
  const options = parseOptions(args, LETTERS);
  const jail = options.values.get("j");
  const restricted = ["g", "j", "P", "U", "u"].some((letter) => options.values.has(letter));
  if (options.bad !== undefined || (options.operands.length === 0 && !restricted)) {
    return usage(process, `${tool} [-${LETTERS.replace(/:/g, "")}] pattern ...`, 2);
  }
  const jid = jail === undefined ? undefined : jailId(process.machine, jail);
  if (jail !== undefined && jid === undefined) {
    process.stderr.write(`${tool}: Invalid jail ID or name \`${jail}'\n`);
    return 2;
  }
  const found = ([...process.machine.processes.values()] as KernelProcess[]).filter(
    (other) => other.pid !== process.pid && matches(process, other, options, jid),
  );
  act(order(found, options), options);
  return found.length > 0 ? 0 : 1;
}

function matches(process: Process, other: KernelProcess, options: Options, jid?: number): boolean {
  const { flags, values, operands } = options;
  if (process.jid !== 0 && other.jid !== process.jid) return false;
  if (jid !== undefined && other.jid !== jid) return false;
  if (values.has("P") && other.ppid !== Number(values.get("P"))) return false;
  if (values.has("g") && other.pgid !== Number(values.get("g"))) return false;
  const user = values.get("U") ?? values.get("u");
  if (
    user !== undefined &&
    ![other.credentials.user, String(other.credentials.uid)].includes(user)
  ) {
    return false;
  }
  const text = flags.has("f") ? other.argv.join(" ") : other.command;
  const hit = operands.some((pattern) =>
    new RegExp(flags.has("x") ? `^(?:${pattern})$` : pattern).test(text),
  );
  return (operands.length === 0 || hit) !== flags.has("v");
}

function order(found: KernelProcess[], { flags }: Options): KernelProcess[] {
  const sorted = found.sort((one, other) => one.pid - other.pid);
  if (flags.has("n")) return sorted.slice(-1);
  return flags.has("o") ? sorted.slice(0, 1) : sorted;
}
