#!/usr/bin/env node
/** `npx pulumi-freebsd`: what all hosts of a stack say of its resources, ways into jails, and jails of other tools. */
import { parseArgs } from "node:util";
import { closeConnections } from "../host/pool.js";
import { escapeControls } from "../host/printable.js";
import { enter, usage as enterUsage } from "./enter.js";
import { importHost, usage as importUsage } from "./import.js";
import { room, usage as roomUsage } from "./room.js";
import { readSettings, textOf } from "./settings.js";
import { readState } from "./state.js";
import { collectStatus, isWell } from "./status.js";
import { renderStatus } from "./table.js";

const statusUsage = `usage: pulumi-freebsd status [--stack NAME | --state FILE] [--json]

Asks all hosts of a stack about its jails, bases, ranges, packages and images.
  --stack NAME  a stack of the project in the current directory; default: the selected one
  --state FILE  a state that "pulumi stack export" wrote, in the place of a stack
  --json        everything as JSON
Ends with 1 when a host does not answer, or when something is absent or not as the state says.
`;

interface Output {
  out: (text: string) => void;
  error: (text: string) => void;
}

type Command = (words: readonly string[], write: Output) => Promise<number | undefined>;

/** By the first word; undefined when the others are not as the usage says. */
const commands: Readonly<Record<string, { usage: string; run: Command }>> = {
  status: { usage: statusUsage, run: status },
  enter: { usage: enterUsage, run: (words) => enter(words) },
  import: { usage: importUsage, run: (words, { out }) => importHost(words, out) },
  room: { usage: roomUsage, run: (words, { error }) => room(words, (line) => error(`${line}\n`)) },
};

const usage = Object.values(commands)
  .map((command) => command.usage)
  .join("\n");

/** Runs the command line; resolves with the exit status. */
export async function run(words: readonly string[], write: Output): Promise<number> {
  const [name = "", ...rest] = words;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (["--help", "-h"].includes(rest[0] ?? name)) {
    write.out(command?.usage ?? usage);
    return 0;
  }
  try {
    const result = await command?.run(rest, write);
    if (result === undefined) write.error(command?.usage ?? usage);
    return result ?? 2;
  } catch (error) {
    write.error(`pulumi-freebsd: ${escapeControls((error as Error).message, true)}\n`);
    return 1;
  } finally {
    closeConnections();
  }
}

async function status(words: readonly string[], write: Output): Promise<number | undefined> {
  const parsed = parseWords(words);
  if (parsed === undefined) return undefined;
  const { state: file, json } = parsed;
  const stack = parsed.stack ?? textOf(readSettings(), "stack");
  const state = await readState({ file, stack });
  const found = await collectStatus(state);
  write.out(
    json === true
      ? `${JSON.stringify(found, undefined, 2)}\n`
      : escapeControls(renderStatus(found), true),
  );
  return isWell(found) ? 0 : 1;
}

function parseWords(words: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        stack: { type: "string" },
        state: { type: "string" },
        json: { type: "boolean" },
      },
    });
    return values.stack !== undefined && values.state !== undefined ? undefined : values;
  } catch {
    return undefined; // An option that is not known: the usage says which there are.
  }
}

if (require.main === module) {
  const write = {
    out: (text: string) => void process.stdout.write(text),
    error: (text: string) => void process.stderr.write(text),
  };
  void run(process.argv.slice(2), write).then((status) => {
    process.exitCode = status;
  });
}
