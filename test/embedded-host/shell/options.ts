/** Options of the shell: of sh(1) itself and of `set`. */
import { optionsOf, type Shell } from "./shell.js";

/**
 * Takes options from arguments and turns them on or off. `explicit` tells whether operands are given, also none
 * after a "--", which clears the parameters; `command` whether there was a -c.
 */
export function setOptions(sh: Shell, args: readonly string[]) {
  let at = 0;
  let command = false;
  for (; at < args.length; at += 1) {
    const arg = args[at] as string;
    if (arg === "--") return { operands: args.slice(at + 1), explicit: true, command };
    if (arg === "-") return { operands: args.slice(at + 1), explicit: false, command };
    if (!/^[-+]/.test(arg) || arg === "+") break;
    const on = arg.startsWith("-");
    for (const letter of arg.slice(1)) {
      if (letter === "c") command = true;
      else if (letter !== "o") switchLetter(sh, letter, on);
      if (letter !== "o") continue;
      at += 1;
      const name = args[at];
      if (name === undefined) listOptions(sh, on);
      else switchName(sh, name, on);
    }
  }
  return { operands: args.slice(at), explicit: at < args.length, command };
}

function switchLetter(sh: Shell, letter: string, on: boolean): void {
  const option = optionsOf(sh.process.machine.release).find((known) => known.letter === letter);
  if (option === undefined) throw sh.fault(`Illegal option -${letter}`);
  turn(sh, option.name, on);
}

function switchName(sh: Shell, name: string, on: boolean): void {
  const known = optionsOf(sh.process.machine.release).some((option) => option.name === name);
  if (!known) throw sh.fault(`Illegal option -o ${name}`);
  turn(sh, name, on);
}

function turn(sh: Shell, name: string, on: boolean): void {
  if (on) sh.options.add(name);
  else sh.options.delete(name);
}

/** `set -o` and `set +o`. */
function listOptions(sh: Shell, readable: boolean): void {
  const options = optionsOf(sh.process.machine.release);
  const lines = options.map(({ name }) =>
    readable
      ? `${name.padEnd(16)}${sh.has(name) ? "on" : "off"}\n`
      : `set ${sh.has(name) ? "-o" : "+o"} ${name}\n`,
  );
  sh.write((readable ? "Current option settings\n" : "") + lines.join(""));
}
