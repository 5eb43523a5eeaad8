/** What a shell does when a person sits before it: prompts, and ^C that ends a command and not the shell. */
import { SIGINT, SIGQUIT, SIGTERM } from "../kernel/signals.js";
import { terminalOf } from "../kernel/terminal.js";
import { toText } from "./bytes.js";
import type { Input } from "./input.js";
import type { Shell } from "./shell.js";

/** A key of the terminal ended what the shell was doing. */
export class Interrupted extends Error {}

/** Makes the shell interactive when it was asked to be, or reads from a terminal and writes to one. */
export function becomeInteractive(sh: Shell): void {
  const { descriptors, handlers } = sh.process;
  const terminal = terminalOf(descriptors.get(0));
  if (terminal && terminalOf(descriptors.get(2))) sh.options.add("interactive");
  if (!sh.has("interactive")) return;
  for (const signal of [SIGTERM, SIGQUIT]) handlers.set(signal, () => undefined);
  handlers.set(SIGINT, () => {
    if (sh.atPrompt) sh.atPrompt();
    else sh.pending.push(SIGINT);
  });
  if (!terminal) return;
  terminal.shells.push(sh.process);
  sh.process.onEnd(() => terminal.shells.splice(terminal.shells.indexOf(sh.process), 1));
}

/** Asks for a command, or for the rest of one; until `done` a ^C asks anew. */
export function prompt(sh: Shell, input: Input): { done(): void } {
  const ask = () => {
    const name = input.text.trim() === "" ? "PS1" : "PS2";
    sh.process.stderr.write(toText(sh.variables.get(name) ?? ""));
  };
  ask();
  sh.atPrompt = () => {
    input.text = "";
    sh.process.stderr.write("\n");
    ask();
  };
  return {
    done: () => {
      sh.atPrompt = undefined;
    },
  };
}
