/** Simple commands: assignments, builtins, functions and programs. */
import { tellCommand } from "../channels.js";
import { BrokenPipe, FsError } from "../contract.js";
import type { Assignment, Node, Simple } from "./ast.js";
import { type Builtin, builtins } from "./builtins/index.js";
import { ReturnFromFunction, ShellFault } from "./control.js";
import { type Context, evaluate } from "./evaluate.js";
import { expandAssignment, expandWords } from "./expand.js";
import { becomeProgram, runProgram } from "./external.js";
import { redirectShell, withRedirections } from "./redirect.js";
import type { Shell } from "./shell.js";
import { trace } from "./trace.js";
import { hasTraps } from "./traps.js";
import type { Variable } from "./variables.js";

export async function runSimple(sh: Shell, node: Simple, context: Context): Promise<void> {
  sh.substitutionStatus = undefined;
  const argv = await expandWords(sh, node.words);
  if (sh.has("xtrace")) await trace(sh, node, argv);
  await runCommand(sh, node, argv, context);
}

/** Runs an expanded command. */
async function runCommand(sh: Shell, node: Simple, argv: string[], context: Context) {
  const name = argv[0];
  if (name === undefined) return runNameless(sh, node);
  const builtin = builtins.get(name);
  if (builtin?.special) return runBuiltin(sh, node, argv, builtin, context);
  const body = sh.functions.get(name);
  if (body !== undefined) return runFunction(sh, node, argv, body, context);
  if (builtin !== undefined) return runBuiltin(sh, node, argv, builtin, context);
  if (context.tail && !hasTraps(sh)) return becomeProgram(sh, node, argv);
  sh.status = await runProgram(sh, node, argv);
}

/** Assignments and redirections without a command. */
async function runNameless(sh: Shell, node: Simple): Promise<void> {
  try {
    await withRedirections(sh, node.redirections, async () => undefined);
  } catch (error) {
    if (!(error instanceof ShellFault)) throw error;
    sh.status = error.status;
    return;
  }
  for (const { name, value } of node.assignments) {
    sh.assign(name, await expandAssignment(sh, value));
  }
  sh.status = sh.substitutionStatus ?? 0;
}

/**
 * Runs a builtin. After an error a special one ends the shell; a plain one only fails. `exec` keeps its
 * redirections.
 */
async function runBuiltin(
  sh: Shell,
  node: Simple,
  argv: string[],
  builtin: Builtin,
  context: Context,
): Promise<void> {
  const saved = sh.commandName;
  try {
    if (argv[0] === "exec") {
      await redirectShell(sh, node.redirections);
      await callBuiltin(sh, node, argv, builtin, context);
      return;
    }
    await withRedirections(sh, node.redirections, () =>
      callBuiltin(sh, node, argv, builtin, context),
    );
  } catch (error) {
    if (builtin.special || !(error instanceof ShellFault)) throw error;
    sh.status = error.status;
  } finally {
    sh.commandName = saved;
  }
}

async function callBuiltin(
  sh: Shell,
  node: Simple,
  argv: string[],
  builtin: Builtin,
  { tested }: Context,
): Promise<void> {
  const call = async (): Promise<void> => {
    tellCommand({ argv, by: sh.process.argv, jid: sh.process.jid });
    const saved = sh.commandName;
    sh.commandName = argv[0];
    try {
      sh.status = await builtin.run(sh, argv, tested);
    } catch (error) {
      sh.status = writeFault(sh, error);
    } finally {
      sh.commandName = saved;
    }
  };
  if (builtin.special) {
    for (const { name, value } of node.assignments) {
      sh.assign(name, await expandAssignment(sh, value));
    }
    return call();
  }
  return withAssignments(sh, node.assignments, call);
}

/** What a builtin answers when it cannot write: anything else is thrown on. */
function writeFault(sh: Shell, error: unknown): number {
  const full = error instanceof FsError && (error.code === "ENOSPC" || error.code === "EDQUOT");
  if (!full && !(error instanceof BrokenPipe)) throw error;
  sh.warn("write error on stdout");
  return 2;
}

/** Sets variables for the time of a builtin or function, exported. */
async function withAssignments(
  sh: Shell,
  assignments: readonly Assignment[],
  body: () => Promise<void>,
): Promise<void> {
  if (assignments.length === 0) return body();
  const saved = new Map<string, Variable | undefined>();
  try {
    for (const { name, value } of assignments) {
      const text = await expandAssignment(sh, value);
      if (!saved.has(name)) saved.set(name, sh.variables.save(name));
      sh.assign(name, text);
      sh.variables.mark(name, { exported: true });
    }
    await body();
  } finally {
    for (const [name, variable] of saved) sh.variables.restore(name, variable);
  }
}

async function runFunction(
  sh: Shell,
  node: Simple,
  argv: string[],
  body: Node,
  { tested }: Context,
): Promise<void> {
  const { parameters, loopDepth, commandName } = sh;
  await withAssignments(sh, node.assignments, () =>
    withRedirections(sh, node.redirections, async () => {
      sh.parameters = argv.slice(1);
      sh.loopDepth = 0;
      sh.functionDepth += 1;
      sh.variables.enterFunction();
      try {
        await evaluate(sh, body, { tail: false, tested });
      } catch (error) {
        if (!(error instanceof ReturnFromFunction)) throw error;
        sh.status = error.status;
      } finally {
        sh.variables.leaveFunction();
        sh.functionDepth -= 1;
        sh.loopDepth = loopDepth;
        sh.parameters = parameters;
        sh.commandName = commandName;
      }
    }),
  );
}
