/** What tools need that run another program. */
import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { KernelProcess } from "../../kernel/process.js";
import type { StartOptions } from "../../kernel/watch.js";

/** The process with all that the kernel knows of it. */
export function kernelProcess(process: Process): KernelProcess {
  if (process instanceof KernelProcess) return process;
  throw new Error("this tool needs a process of the kernel");
}

/** Starts a program as a child. When there is none: undefined, after `tool: name: No such file or directory`. */
export function startChild(
  process: Process,
  tool: string,
  argv: readonly string[],
  options: StartOptions = {},
): KernelProcess | undefined {
  const parent = kernelProcess(process);
  try {
    return parent.kernel.spawn(parent, argv, options);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`${tool}: ${argv[0]}: ${strerror(error.code)}\n`);
    return undefined;
  }
}

/** Prints a usage text and gives the status that goes with it. */
export function usage(process: Process, text: string, status: number): number {
  process.stderr.write(`usage: ${text}\n`);
  return status;
}

export interface Options {
  readonly flags: ReadonlySet<string>;
  readonly values: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/**
 * Takes options as getopt(3) does: letters followed by ":" have a value. The unknown letter, or the one whose value
 * is missing, is in `bad`.
 */
export function parseOptions(args: readonly string[], letters: string): Options & { bad?: string } {
  const flags = new Set<string>();
  const values = new Map<string, string>();
  let at = 0;
  for (; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (arg === "--") return { flags, values, operands: args.slice(at + 1) };
    if (!arg.startsWith("-") || arg === "-") break;
    for (let place = 1; place < arg.length; place += 1) {
      const letter = arg[place] as string;
      const known = letters.indexOf(letter);
      if (known < 0 || letter === ":") return { flags, values, operands: [], bad: letter };
      flags.add(letter);
      if (letters[known + 1] !== ":") continue;
      const attached = arg.slice(place + 1);
      if (attached === "") at += 1;
      const value = attached === "" ? args[at] : attached;
      if (value === undefined) return { flags, values, operands: [], bad: letter };
      values.set(letter, value);
      break;
    }
  }
  return { flags, values, operands: args.slice(at) };
}
