/** Runs text as commands, one complete command after the other. */

import { SIGINT } from "../kernel/signals.js";
import type { Node } from "./ast.js";
import { ShellFault } from "./control.js";
import { evaluate } from "./evaluate.js";
import { Input, NeedMore, SyntaxFault } from "./input.js";
import { Interrupted } from "./interactive.js";
import { parseCommand } from "./parser.js";
import type { Shell } from "./shell.js";

/** Gets more text into the input, or makes it final. */
export type Refill = (input: Input) => Promise<void>;

/** Runs the commands of an input to its end. `tail`: the shell ends with it. */
export async function evaluateInput(
  sh: Shell,
  input: Input,
  options: { refill?: Refill; tail?: boolean; tested?: boolean } = {},
): Promise<void> {
  for (;;) {
    try {
      const node = await nextCommand(sh, input, options.refill);
      if (node === null) return;
      const last =
        options.tail === true && input.final && /^\s*$/.test(input.text.slice(input.position));
      if (!sh.has("noexec"))
        await evaluate(sh, node, { tail: last, tested: options.tested ?? false });
    } catch (error) {
      if (options.refill === undefined || !sh.has("interactive")) throw error;
      recover(sh, input, error);
    }
  }
}

/** An error, or ^C, ends the command and not an interactive shell. */
function recover(sh: Shell, input: Input, error: unknown): void {
  if (error instanceof Interrupted) {
    sh.status = 128 + SIGINT;
    sh.process.stderr.write("\n");
  } else if (error instanceof ShellFault) sh.status = error.status;
  else throw error;
  input.text = "";
  input.position = 0;
}

/** Runs text in the present shell: eval, traps. */
export async function evaluateText(sh: Shell, text: string): Promise<void> {
  await evaluateInput(sh, new Input(text, true));
}

async function nextCommand(sh: Shell, input: Input, refill?: Refill): Promise<Node | null> {
  input.drop();
  for (;;) {
    try {
      return parseCommand(input);
    } catch (error) {
      if (error instanceof SyntaxFault) throw syntaxError(sh, error);
      if (!(error instanceof NeedMore) || refill === undefined) throw error;
      input.position = 0;
      await refill(input);
    }
  }
}

function syntaxError(sh: Shell, { message, line }: SyntaxFault): Error {
  const text = `Syntax error: ${message}`;
  return sh.fault(sh.commandName === undefined ? text : `${line}: ${text}`);
}
