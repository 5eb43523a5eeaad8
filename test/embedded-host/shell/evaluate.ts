/** Runs the tree of a command. */
import { tellFunction } from "../channels.js";
import type { CaseItem, Node, Redirection, Word } from "./ast.js";
import { ExitShell, ShellFault } from "./control.js";
import { expandPattern, expandSingle } from "./expand.js";
import { waitFor } from "./jobs.js";
import { runFor, runLoop } from "./loops.js";
import { compilePattern } from "./pattern.js";
import { runPipeline, startBackground } from "./pipelines.js";
import { withRedirections } from "./redirect.js";
import type { Shell } from "./shell.js";
import { runSimple } from "./simple.js";
import { forkShell } from "./subshell.js";
import { runPendingTraps } from "./traps.js";

export interface Context {
  /** Nothing comes after it: the shell may turn into the program. */
  readonly tail: boolean;
  /** Its status is looked at (if, while, !, &&, ||): `set -e` does not care. */
  readonly tested: boolean;
}

/** For commands whose status is looked at. */
export const TESTED: Context = { tail: false, tested: true };

/** Runs a command; its status is then in `sh.status`. */
export async function evaluate(sh: Shell, node: Node, context: Context): Promise<void> {
  switch (node.kind) {
    case "simple":
      await runSimple(sh, node, context);
      break;
    case "pipeline":
      sh.status = await runPipeline(sh, node.elements);
      break;
    case "subshell": {
      const [status] = await waitFor(sh, [forkShell(sh, node.body, {}, context.tested)]);
      sh.status = status as number;
      break;
    }
    case "redirected":
      await runRedirected(sh, node.body, node.redirections, context);
      break;
    default:
      return evaluateFlow(sh, node, context);
  }
  if (sh.pending.length > 0) await runPendingTraps(sh);
  if (sh.status !== 0 && !context.tested && sh.has("errexit")) throw new ExitShell(sh.status);
}

type Flow = Exclude<Node, { kind: "simple" | "pipeline" | "subshell" | "redirected" }>;

async function evaluateFlow(sh: Shell, node: Flow, context: Context): Promise<void> {
  switch (node.kind) {
    case "list":
      return runList(sh, node.items, context);
    case "and":
    case "or":
      await evaluate(sh, node.left, TESTED);
      if ((sh.status === 0) === (node.kind === "and")) await evaluate(sh, node.right, context);
      return;
    case "not":
      await evaluate(sh, node.body, TESTED);
      sh.status = sh.status === 0 ? 1 : 0;
      return;
    case "group":
      return evaluate(sh, node.body, context);
    case "background":
      return startBackground(sh, node.body);
    case "function":
      sh.functions.set(node.name, node.body);
      tellFunction({ name: node.name, body: node.body, by: sh.process.argv, jid: sh.process.jid });
      sh.status = 0;
      return;
    case "if":
      return runIf(sh, node, context);
    case "loop":
      return runLoop(sh, node, context);
    case "for":
      return runFor(sh, node, context);
    case "case":
      return runCase(sh, node.subject, node.items, context);
  }
}

async function runList(sh: Shell, items: readonly Node[], context: Context): Promise<void> {
  const last = items.length - 1;
  for (const [index, item] of items.entries()) {
    await evaluate(sh, item, index === last ? context : { ...context, tail: false });
  }
}

async function runIf(
  sh: Shell,
  node: Extract<Node, { kind: "if" }>,
  context: Context,
): Promise<void> {
  await evaluate(sh, node.test, TESTED);
  const branch = sh.status === 0 ? node.then : node.else;
  if (branch === undefined) sh.status = 0;
  else await evaluate(sh, branch, context);
}

async function runCase(
  sh: Shell,
  subject: Word,
  items: readonly CaseItem[],
  context: Context,
): Promise<void> {
  const value = await expandSingle(sh, subject);
  let matched = false;
  sh.status = 0;
  for (const item of items) {
    matched ||= await matches(sh, item, value);
    if (!matched) continue;
    if (item.body !== undefined) await evaluate(sh, item.body, { ...context, tail: false });
    if (!item.fallsThrough) return;
  }
}

async function matches(sh: Shell, item: CaseItem, value: string): Promise<boolean> {
  for (const pattern of item.patterns) {
    if (compilePattern(await expandPattern(sh, pattern)).test(value)) return true;
  }
  return false;
}

async function runRedirected(
  sh: Shell,
  body: Node,
  redirections: readonly Redirection[],
  context: Context,
): Promise<void> {
  let opened = false;
  try {
    await withRedirections(sh, redirections, () => {
      opened = true;
      return evaluate(sh, body, { ...context, tail: false });
    });
  } catch (error) {
    // A redirection that fails skips the command and no more.
    if (opened || !(error instanceof ShellFault)) throw error;
    sh.status = error.status;
  }
}
