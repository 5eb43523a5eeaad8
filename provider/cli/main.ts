#!/usr/bin/env node
/** `npx pulumi-freebsd status`: what all hosts of a stack say of its jails, bases and ranges. */
import { parseArgs } from "node:util";
import { closeConnections } from "../host/pool.js";
import { readState } from "./state.js";
import { collectStatus, type Status } from "./status.js";
import { renderStatus } from "./table.js";

const usage = `usage: pulumi-freebsd status [--stack NAME | --state FILE] [--json]

Asks all hosts of a stack about its jails, base releases and ranges.
  --stack NAME  a stack of the project in the current directory; default: the selected one
  --state FILE  a state that "pulumi stack export" wrote, in the place of a stack
  --json        everything as JSON
Ends with 1 when a host does not answer, or when something is absent or not as the state says.
`;

/** Runs the command line; resolves with the exit status. */
export async function run(
  words: readonly string[],
  write: { out: (text: string) => void; error: (text: string) => void },
): Promise<number> {
  const parsed = parseWords(words);
  if (parsed === undefined) {
    write.error(usage);
    return 2;
  }
  if (parsed.help === true) {
    write.out(usage);
    return 0;
  }
  const { stack, state: file, json } = parsed;
  try {
    const state = await readState({
      ...(file === undefined ? {} : { file }),
      ...(stack === undefined ? {} : { stack }),
    });
    const status = await collectStatus(state);
    write.out(json === true ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status));
    return isWell(status) ? 0 : 1;
  } catch (error) {
    write.error(`pulumi-freebsd: ${(error as Error).message}\n`);
    return 1;
  } finally {
    closeConnections();
  }
}

function parseWords(words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        stack: { type: "string" },
        state: { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    });
    const asked = values.help === true || (positionals.length === 1 && positionals[0] === "status");
    const both = values.stack !== undefined && values.state !== undefined;
    return asked && !both ? values : undefined;
  } catch {
    return undefined; // An option that is not known: the usage says which there are.
  }
}

const isWell = ({ hosts, jails, bases, ranges }: Status): boolean =>
  hosts.every(({ error }) => error === "") &&
  [...jails, ...bases, ...ranges].every(
    ({ state, drift }) => !["absent", "unknown"].includes(state) && drift.length === 0,
  );

if (require.main === module) {
  const write = {
    out: (text: string) => void process.stdout.write(text),
    error: (text: string) => void process.stderr.write(text),
  };
  void run(process.argv.slice(2), write).then((status) => {
    process.exitCode = status;
  });
}
