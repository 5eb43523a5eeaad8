/** tty(1) and stty(1): what a process knows of its terminal. */
import type { Process } from "../../contract.js";
import { KernelProcess } from "../../kernel/process.js";
import { cooked, type Modes, type Terminal, terminalOf } from "../../kernel/terminal.js";

const raw: Modes = { icanon: false, echo: false, isig: false, icrnl: false, opost: false };

/** tty(1): the device of standard input. */
export function tty(process: Process): number {
  const terminal = inputOf(process);
  if (!process.argv.includes("-s")) {
    process.stdout.write(terminal ? `/dev/${terminal.name}\n` : "not a tty\n");
  }
  return terminal ? 0 : 1;
}

/** stty(1): `size`, `raw`, `cooked`, `sane`, and single modes with or without "-". */
export function stty(process: Process): number {
  const terminal = inputOf(process);
  if (!terminal) {
    process.stderr.write("stty: stdin isn't a terminal\n");
    return 1;
  }
  const words = process.argv.slice(1);
  if (words.length === 0) process.stdout.write("speed 9600 baud;\n");
  for (const word of words) {
    if (!change(process, terminal, word)) {
      process.stderr.write(`stty: illegal option -- ${word}\n`);
      return 1;
    }
  }
  return 0;
}

function change(process: Process, terminal: Terminal, word: string): boolean {
  if (word === "size") {
    process.stdout.write(`${terminal.size.rows} ${terminal.size.columns}\n`);
    return true;
  }
  if (word === "raw") terminal.modes = { ...raw, echo: terminal.modes.echo };
  else if (word === "-raw" || word === "cooked") {
    terminal.modes = { ...cooked, echo: terminal.modes.echo };
  } else if (word === "sane") terminal.modes = { ...cooked };
  else {
    const name = word.replace(/^-/, "");
    if (!(name in cooked)) return false;
    terminal.modes[name as keyof Modes] = !word.startsWith("-");
  }
  return true;
}

function inputOf(process: Process): Terminal | undefined {
  return process instanceof KernelProcess ? terminalOf(process.descriptors.get(0)) : undefined;
}
