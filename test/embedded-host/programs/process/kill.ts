import type { Process } from "../../contract.js";
import { SIGTERM, signalName, signalNames, signalNumber } from "../../kernel/signals.js";

const USAGE = [
  "usage: kill [-s signal_name] pid ...",
  "       kill -l [exit_status]",
  "       kill -signal_name pid ...",
  "       kill -signal_number pid ...",
].join("\n");

type Say = (text: string) => void;

/** kill(1). */
export function kill(process: Process): number {
  return killTargets(
    process,
    process.argv,
    (text) => process.stdout.write(text),
    (message) => process.stderr.write(`kill: ${message}\n`),
  );
}

/** What kill does, as a program and as a builtin. */
export function killTargets(
  process: Process,
  argv: readonly string[],
  say: Say,
  warn: Say,
): number {
  let words = argv.slice(1);
  if (words[0] === "-l") return listSignals(words[1], say);
  let signal: number | undefined = SIGTERM;
  let name = "";
  if (words[0] === "-s") {
    name = words[1] ?? "";
    words = words.slice(2);
    signal = signalNumber(name);
  } else if (/^-./.test(words[0] ?? "") && words[0] !== "--") {
    name = (words[0] as string).slice(1);
    words = words.slice(1);
    signal = signalNumber(name);
  }
  if (signal === undefined) {
    warn(`unknown signal ${name}; valid signals:\n${signalNames().join(" ").toLowerCase()}`);
    return 1;
  }
  if (words[0] === "--") words = words.slice(1);
  if (words.length === 0) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const failures = words.filter((word) => !killOne(process, word, signal, warn));
  return failures.length > 0 ? 1 : 0;
}

function killOne(process: Process, word: string, signal: number, warn: Say): boolean {
  if (!/^-?\d+$/.test(word)) {
    warn(`illegal process id: ${word}`);
    return false;
  }
  const pid = Number(word);
  const targets = [...process.machine.processes.values()].filter(
    (target) =>
      (pid > 0 ? target.pid === pid : target.pgid === -pid) &&
      (process.jid === 0 || target.jid === process.jid),
  );
  if (targets.length === 0) {
    warn(`${pid}: No such process`);
    return false;
  }
  const { uid } = process.credentials;
  const allowed = targets.filter((target) => uid === 0 || target.credentials.uid === uid);
  if (allowed.length === 0) {
    warn(`${pid}: Operation not permitted`);
    return false;
  }
  for (const target of allowed) process.machine.kill(target.pid, signal);
  return true;
}

function listSignals(status: string | undefined, say: Say): number {
  if (status === undefined) say(`${signalNames().join(" ")}\n`);
  else say(`${signalName(Number(status) > 128 ? Number(status) - 128 : Number(status))}\n`);
  return 0;
}
