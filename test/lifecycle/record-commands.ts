/**
 * Set-up of vitest for the suites that run the whole provider: keeps the form of every command that it sends to
 * embedded hosts, for the coverage gate (test/conformance/coverage.test.ts).
 */
import { subscribe } from "node:diagnostics_channel";
import { writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, expect, inject } from "vitest";
import { combinationsOf, type Form } from "../conformance/combinations.js";
import { toolOf } from "../conformance/combinations-forms.js";
import { commandsOf, functionsIn } from "../conformance/combinations-shell.js";
import {
  type CommandMessage,
  commandChannel,
  type FunctionMessage,
  functionChannel,
} from "../embedded-host/channels.js";
import type { CommandRecord } from "./record.js";

/** One command of each kind: those that differ only in numbers and digests have the same form. */
const ran = new Map<string, readonly string[]>();
const functions = new Map<string, string[][]>();
/** Commands that were seen, word by word. */
const seen = new Set<string>();

/**
 * The shells that take batches: `/bin/sh`, and under locks `/bin/sh -s`. Hooks and scripts have other words, and a shell
 * in a jail is a person's.
 */
function isWorker({ by: [program = "", ...words], jid }: Pick<CommandMessage, "by" | "jid">) {
  const takesBatches = words.length === 0 || words.join(" ") === "-s";
  return toolOf([program]) === "sh" && takesBatches && jid === 0;
}

subscribe(commandChannel.name, (message) => {
  const { argv, ...started } = message as CommandMessage;
  if (!isWorker(started)) return;
  // Forms are found in the end: a machine whose clock is fast must not wait for it now.
  const text = argv.join(" ");
  if (seen.has(text)) return;
  seen.add(text);
  const kind = text.replace(/[0-9a-f]{8,}|\d+/g, "#");
  if (!ran.has(kind)) ran.set(kind, argv);
});

subscribe(functionChannel.name, (message) => {
  const { name, body, ...started } = message as FunctionMessage;
  if (!isWorker(started) || functions.has(name)) return;
  functions.set(
    name,
    commandsOf(body).map(({ argv }) => [...argv]),
  );
});

/** The forms of what ran, and a command of each. */
function formsOf(commands: Iterable<readonly string[]>): [Form, string][] {
  const forms = new Map<Form, string>();
  for (const argv of commands) {
    const example = argv.join(" ").slice(0, 200);
    for (const form of combinationsOf(argv)) if (!forms.has(form)) forms.set(form, example);
  }
  return [...forms];
}

/** Functions of texts for further shells, as lockf(1) starts them; what is in them is among the forms of the text. */
function* functionsInTexts(commands: Iterable<readonly string[]>): Iterable<string> {
  for (const argv of commands)
    for (const [at, word] of argv.entries()) if (argv[at - 1] === "-c") yield* functionsIn(word);
}

afterAll(() => {
  const directory = inject("commandRecords");
  if (directory === undefined) return; // vitest was told to use other reporters (--reporter).
  const file = relative(process.cwd(), expect.getState().testPath ?? "");
  for (const name of functionsInTexts(ran.values())) {
    if (!functions.has(name)) functions.set(name, []);
  }
  const record: CommandRecord = { file, ran: formsOf(ran.values()), functions: [...functions] };
  const name = `${file.replaceAll("/", "+")}.json`;
  writeFileSync(join(directory, name), JSON.stringify(record));
});
