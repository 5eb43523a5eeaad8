import type { Process } from "../../contract.js";
import { toolName } from "./output.js";

export interface Options {
  /** Letters in the order they were given, with their arguments. */
  readonly letters: readonly (readonly [string, string])[];
  readonly operands: string[];
}

/**
 * getopt(3): `spec` lists the letters, with ":" after those that take an argument. Undefined, and the
 * message on standard error, when an option is unknown or lacks its argument.
 */
export function getopt(
  process: Process,
  spec: string,
  args = process.argv.slice(1),
): Options | undefined {
  const letters: [string, string][] = [];
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? "";
    if (word === "--") return { letters, operands: args.slice(at + 1) };
    if (!word.startsWith("-") || word === "-") return { letters, operands: args.slice(at) };
    for (let index = 1; index < word.length; index += 1) {
      const letter = word[index] ?? "";
      const known = letter === ":" ? -1 : spec.indexOf(letter);
      if (known < 0) return complain(process, `illegal option -- ${letter}`);
      if (spec[known + 1] !== ":") {
        letters.push([letter, ""]);
        continue;
      }
      const rest = word.slice(index + 1);
      const argument = rest || args[at + 1];
      if (argument === undefined) {
        return complain(process, `option requires an argument -- ${letter}`);
      }
      if (!rest) at += 1;
      letters.push([letter, argument]);
      break;
    }
  }
  return { letters, operands: [] };
}

function complain(process: Process, text: string): undefined {
  process.stderr.write(`${toolName(process)}: ${text}\n`);
  return undefined;
}

/** True when the letter was given. */
export function has(options: Options, letter: string): boolean {
  return options.letters.some(([one]) => one === letter);
}

/** The argument given last for a letter. */
export function argumentOf(options: Options, letter: string): string | undefined {
  return options.letters.findLast(([one]) => one === letter)?.[1];
}
