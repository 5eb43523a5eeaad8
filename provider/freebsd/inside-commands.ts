/** A program's own command in a running jail. */
import { act, type Command, shellFunction } from "./command.js";

export interface InsideCommand {
  readonly jail: string;
  /** What errors call it. */
  readonly name: string;
  /** Words, run without a shell. */
  readonly words: readonly string[];
  /** Variables that may be secrets. */
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds that it may take. */
  readonly timeout: number;
}

export const environmentName = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

/** Runs it, with its words and variables on the standard input of the jail's shell: ps(1) shows what is in argv. */
export const runInside = ({ jail, name, words, environment, timeout }: InsideCommand): Command =>
  act(["run_command", jail, `${timeout}`], {
    shellFunction: runFunction,
    input: formatScript(words, environment),
    secrets: Object.values(environment),
    detached: true,
    deadline: timeout + 60,
    title: `run the command ${name} in jail ${jail}`,
  });

const quote = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

// One compound, which is read to its end before it runs: what follows would be the command's own input.
function formatScript(words: readonly string[], environment: InsideCommand["environment"]): string {
  const variables = Object.entries(environment)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `export ${name}=${quote(value)}\n`);
  return `{\n${variables.join("")}exec ${words.map(quote).join(" ")} </dev/null\n}\n`;
}

// What it says may have no end, and a daemon that it starts may keep its output open: of the one the end is kept, and
// the other is not waited for.
const runFunction = shellFunction(
  "run_command",
  `j=$1 s=$2
  (set -o pipefail
  timeout --foreground -k 5 "$s" jexec "$j" /bin/sh -s 2>&1 | timeout -k 5 "$((s + 10))" tail -c 4000 >&2)
  s=$?
  [ "$s" != 124 ] || echo "it did not end in time, or left something running that keeps its output open" >&2
  return "$s"`,
);
