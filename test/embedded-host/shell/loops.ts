/** while, until and for. */
import { breathe } from "../kernel/breath.js";
import type { Node } from "./ast.js";
import { LeaveLoop } from "./control.js";
import { type Context, evaluate, TESTED } from "./evaluate.js";
import { expandWords } from "./expand.js";
import type { Shell } from "./shell.js";

/** while and until. */
export async function runLoop(
  sh: Shell,
  node: Extract<Node, { kind: "loop" }>,
  context: Context,
): Promise<void> {
  let status = 0;
  const left = () => {
    status = 0;
  };
  await inLoop(sh, left, async () => {
    await evaluate(sh, node.test, TESTED);
    if ((sh.status === 0) === node.until) return false;
    await evaluate(sh, node.body, { ...context, tail: false });
    status = sh.status;
    return true;
  });
  sh.status = status;
}

/** for. */
export async function runFor(
  sh: Shell,
  node: Extract<Node, { kind: "for" }>,
  context: Context,
): Promise<void> {
  const values = node.words === undefined ? [...sh.parameters] : await expandWords(sh, node.words);
  sh.status = 0;
  let index = 0;
  const left = () => {
    sh.status = 0;
  };
  await inLoop(sh, left, async () => {
    const value = values[index];
    if (value === undefined) return false;
    index += 1;
    sh.assign(node.name, value);
    await evaluate(sh, node.body, { ...context, tail: false });
    return true;
  });
}

/**
 * Repeats a turn until it answers false, minding `break` and `continue` (then `left` is called), and other
 * processes.
 */
async function inLoop(sh: Shell, left: () => void, turn: () => Promise<boolean>): Promise<void> {
  sh.loopDepth += 1;
  try {
    for (let more = true; more; ) {
      const pause = breathe();
      if (pause !== undefined) await sh.process.interruptible(pause);
      try {
        more = await turn();
      } catch (error) {
        if (!(error instanceof LeaveLoop)) throw error;
        error.levels -= 1;
        if (error.levels > 0) throw error;
        left();
        more = error.kind === "continue";
      }
    }
  } finally {
    sh.loopDepth -= 1;
  }
}
