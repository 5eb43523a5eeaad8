/** trap: sets, clears and lists what signals do. */
import { signalName, signalNames, signalNumber } from "../../kernel/signals.js";
import type { Shell } from "../shell.js";
import { setTrap } from "../traps.js";

export function trap(sh: Shell, argv: readonly string[]): number {
  let words = argv.slice(1);
  if (words[0] === "-l") {
    sh.write(`${signalNames().join(" ")}\n`);
    return 0;
  }
  if (words[0] === "--") words = words.slice(1);
  if (words.length === 0) {
    list(sh);
    return 0;
  }
  const clears = words.length === 1 || conditionOf(words[0] as string) !== undefined;
  const action = clears || words[0] === "-" ? undefined : words[0];
  const conditions = clears && words[0] !== "-" ? words : words.slice(1);
  let status = 0;
  for (const condition of conditions) {
    const signal = conditionOf(condition);
    if (signal === undefined) {
      sh.warn(`bad signal ${condition}`);
      status = 1;
    } else setTrap(sh, signal, action);
  }
  return status;
}

function conditionOf(text: string): number | undefined {
  if (text === "EXIT" || text === "0") return 0;
  const signal = signalNumber(text);
  return signal === 0 ? undefined : signal;
}

function list(sh: Shell): void {
  const traps = [...sh.traps].sort(([one], [other]) => one - other);
  for (const [signal, action] of traps) {
    const name = signal === 0 ? "EXIT" : signalName(signal);
    sh.write(`trap -- '${action.replace(/'/g, `'"'"'`)}' ${name}\n`);
  }
}
