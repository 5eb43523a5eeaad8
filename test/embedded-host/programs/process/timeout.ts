import type { Process } from "../../contract.js";
import { type KernelProcess, statusOf } from "../../kernel/process.js";
import { SIGKILL, SIGTERM, signalNumber } from "../../kernel/signals.js";
import { kernelProcess, parseOptions, startChild, usage } from "./child.js";
import { parseDuration } from "./sleep.js";

const USAGE =
  "timeout [-f | --foreground] [-k time | --kill-after time] [-p | --preserve-status] " +
  "[-s signal | --signal signal] [-v | --verbose] <duration> <command> [arg ...]";
const TIMED_OUT = 124;

/** timeout(1): ends a command, and what it started, after a while. */
export async function timeout(process: Process): Promise<number> {
  const options = parseOptions(longOptions(process.argv.slice(1)), "fk:ps:v");
  const [duration, ...command] = options.operands;
  if (options.bad !== undefined || duration === undefined || command.length === 0) {
    return usage(process, USAGE, 125);
  }
  const limit = parseDuration(duration);
  const grace = options.values.has("k")
    ? parseDuration(options.values.get("k") as string)
    : undefined;
  const signal = signalNumber(options.values.get("s") ?? "TERM") ?? SIGTERM;
  if (limit === undefined) {
    process.stderr.write("timeout: duration is not a number\n");
    return 125;
  }
  const self = kernelProcess(process);
  const child = startChild(self, "timeout", command);
  if (child === undefined) return 127;
  let expired = false;
  const cancels = [
    after(self, limit, () => {
      expired = true;
      killTree(self, child, signal);
      if (grace !== undefined)
        cancels.push(after(self, grace, () => killTree(self, child, SIGKILL)));
    }),
  ];
  try {
    const ended = await self.interruptible(child.ended);
    return expired && !options.flags.has("p") ? TIMED_OUT : statusOf(ended);
  } finally {
    for (const cancel of cancels) cancel();
  }
}

function longOptions(args: readonly string[]): string[] {
  const letters: Record<string, string> = {
    "--foreground": "-f",
    "--kill-after": "-k",
    "--preserve-status": "-p",
    "--signal": "-s",
    "--verbose": "-v",
  };
  return args.flatMap((arg) => {
    const [name = "", value] = arg.split(/=(.*)/s);
    const letter = letters[name];
    if (letter === undefined) return [arg];
    return value === undefined ? [letter] : [letter, value];
  });
}

/** A duration of 0 means no limit. */
function after(self: KernelProcess, milliseconds: number, callback: () => void): () => void {
  return milliseconds === 0 ? () => undefined : self.kernel.deadline(milliseconds, callback);
}

function killTree(self: KernelProcess, process: KernelProcess, signal: number): void {
  for (const other of [...self.kernel.processes.values()]) {
    if (other.ppid === process.pid) killTree(self, other, signal);
  }
  process.signal(signal);
}
