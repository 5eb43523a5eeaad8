/**
 * From batches of commands to shell text, pure but for the random words. The text is one compound
 * command: a shell reads it to its end before it runs any of it, so a batch that arrived by half
 * never starts.
 */
import type { Command } from "../freebsd/command.js";
import { isGuarded } from "./digest.js";
import { PRELUDE, RUN_DIRECTORY } from "./prelude.js";
import { quoteWord } from "./quote.js";
import { commandLine, defineFunctions, makeNonce } from "./script.js";
import type { Batch } from "./session.js";

/** Shell text, and what is needed to read its answer and to wait for it. */
export interface Script {
  readonly text: string;
  readonly nonce: string;
  /** All commands that may run. */
  readonly commands: readonly Command[];
  readonly mutates: boolean;
  /** Seconds until it must have answered. */
  readonly deadline: number;
  /** Bytes that it may answer beyond what any may. */
  readonly answerSize: number;
}

const COMMAND_DEADLINE = 60;
const LOCK_TIMEOUT = 60;
/** For the way, the shell and small things in between. */
const SLACK = 15;

/** Seconds that a batch waits for each lock. */
export function lockSeconds(batch: Batch): number {
  return Math.max(0, Math.ceil(batch.lockTimeout ?? LOCK_TIMEOUT));
}

/** A batch of observations: all run, each is answered under the tag `c<index>`. */
export function buildObservation(commands: readonly Command[]): Script {
  const nonce = makeNonce();
  const body = defineFunctions(commands) + linesOf(commands, (index) => `_o c${index}`);
  return {
    text: compound(`_n=${nonce}\n_m begin 0\n${body}_m end 0\n`),
    nonce,
    commands,
    mutates: commands.some((command) => command.mutates),
    deadline: totalDeadline(commands) + SLACK,
    answerSize: totalAnswer(commands),
  };
}

/**
 * A change, under its locks. Tags: `start` when the locks are held, `stale` when the guard differs,
 * `c<index>` the commands that ran, `f<index>` those of `onFailure`, `v<index>` those of `verify`,
 * `fin` when all was gone through, `lock` with the status of lockf, `end`.
 */
export function buildChange(batch: Batch): Script {
  const nonce = makeNonce();
  const guarded = batch.guard?.commands.filter(isGuarded) ?? [];
  const commands = [...guarded, ...batch.commands, ...(batch.onFailure ?? []), ...batch.verify];
  const end = `E${makeNonce()}`;
  const inner = PRELUDE + compound(changeText(batch, guarded, commands, nonce));
  const text =
    `_n=${nonce}\n_m begin 0\n${lockWords(batch)}/bin/sh -s <<'${end}'\n${inner}${end}\n` +
    '_m lock "$?"\n_m end 0\n';
  return {
    text: compound(text),
    nonce,
    commands,
    mutates: true,
    deadline: totalDeadline(commands) + batch.locks.length * lockSeconds(batch) + SLACK,
    answerSize: totalAnswer(commands),
  };
}

/** `lockf FILE lockf FILE …`: what follows runs with all locks held. */
function lockWords(batch: Batch): string {
  // Taken twice, a lock would wait for itself.
  const locks = [...new Set(batch.locks)];
  for (const lock of locks) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(lock)) {
      throw new TypeError(`"${lock}" is no name for a lock`);
    }
  }
  if (locks.length === 0) return "";
  const words = locks.map(
    (lock) => `lockf -k -t ${lockSeconds(batch)} ${quoteWord(`${RUN_DIRECTORY}/${lock}`)} `,
  );
  return `mkdir -p -m 0700 ${RUN_DIRECTORY}\n${words.join("")}`;
}

function changeText(
  batch: Batch,
  guarded: readonly Command[],
  all: readonly Command[],
  nonce: string,
): string {
  const accepted = (command: Command) => (command.accept ?? [0]).map(Number).join(",");
  const run = linesOf(batch.commands, (index, command) => `_r c${index} ${accepted(command)}`);
  const cleanup = wayBack(batch.onFailure ?? []);
  const verify = linesOf(batch.verify, (index) => `_o v${index}`);
  const change = `_f=\n${run}if [ -n "$_f" ]; then\n:\n${cleanup}fi\n${verify}`;
  const start = `_n=${nonce}\n_m start 0\n${defineFunctions(all)}`;
  const finish = "_m fin 0\n";
  if (batch.guard === undefined) return start + change + finish;
  const digest = batch.guard.digest;
  if (!/^[0-9a-f]{64}$/.test(digest)) throw new TypeError("the guard's digest is not a SHA-256");
  // The lines are a function, because here-documents inside $( ) are where shells differ.
  const repeat = `_guard() {\n:\n${guarded.map((c) => commandLine("_g", c)).join("")}}\n`;
  const test = `if [ "$(_guard | sha256 -q)" = ${digest} ]; then\n`;
  return `${start}${repeat}${test}${change}else\n_m stale 0\nfi\n${finish}`;
}

/** What is done after a failure, whatever the statuses are, but for that of a gate. */
function wayBack(commands: readonly Command[]): string {
  const lines = commands.map((command, index) =>
    command.gate === true
      ? `_f=\n${commandLine(`_r f${index} 0`, command)}if [ -z "$_f" ]; then\n:\n`
      : commandLine(`_o f${index}`, command),
  );
  return lines.join("") + "fi\n".repeat(commands.filter(({ gate }) => gate).length);
}

function linesOf(
  commands: readonly Command[],
  runner: (index: number, command: Command) => string,
): string {
  return commands.map((command, index) => commandLine(runner(index, command), command)).join("");
}

function compound(body: string): string {
  return `{\n${body}}\n`;
}

function totalDeadline(commands: readonly Command[]): number {
  return commands.reduce((sum, command) => sum + (command.deadline ?? COMMAND_DEADLINE), 0);
}

const totalAnswer = (commands: readonly Command[]): number =>
  commands.reduce((sum, command) => sum + (command.answerSize ?? 0), 0);
