/** `Session` over a connection: caches, shared reads, changes. */
import type { Command, CommandResult } from "../freebsd/command.js";
import { buildChange, buildObservation, lockSeconds } from "./batch.js";
import { commandKey } from "./command-key.js";
import type { Connection } from "./connection.js";
import { connectionLost, lockBusy, lockFailed, type Place } from "./error-texts.js";
import { HostError } from "./errors.js";
import { readChange, resultsOf } from "./outcome.js";
import { Reads } from "./reads.js";
import type { Batch, Outcome, Session } from "./session.js";
import { buildStream } from "./stream-text.js";

/** What sessions with one host share. */
export interface SharedHost {
  readonly place: Place;
  readonly connection: Connection;
  readonly reads: Reads;
}

/** Makes what sessions share from a connection. */
export function shareHost(place: Place, connection: Connection): SharedHost {
  const reads = new Reads((commands) => observe(connection, commands));
  return { place, connection, reads };
}

/** A session over what is shared. */
export function makeSession(name: string, host: SharedHost, snapshotSeconds: number): Session {
  const { connection, reads, place } = host;
  return {
    name,
    observe: async (commands) => {
      if (!commands.some((command) => command.mutates)) return observe(connection, commands);
      return changing(reads, () => observe(connection, commands));
    },
    read: (commands) => reads.read(commands, snapshotSeconds),
    apply: (batch) => changing(reads, () => apply(place, connection, batch)),
    stream: (command, direction, lock) => connection.stream(buildStream(command, direction, lock)),
  };
}

/** What was read before or meanwhile may be false afterwards. */
async function changing<T>(reads: Reads, change: () => Promise<T>): Promise<T> {
  reads.invalidate();
  try {
    return await change();
  } finally {
    reads.invalidate();
  }
}

async function observe(
  connection: Connection,
  commands: readonly Command[],
): Promise<CommandResult[]> {
  const cached = commands.map((command) =>
    command.stable ? connection.stable.get(commandKey(command)) : undefined,
  );
  const missing = commands.filter((_command, index) => cached[index] === undefined);
  const fresh = missing.length === 0 ? [] : await ask(connection, missing);
  for (const [index, command] of missing.entries()) {
    const result = fresh[index]!;
    if (command.stable && (command.accept ?? [0]).includes(result.status)) {
      connection.stable.set(commandKey(command), result);
    }
  }
  let next = 0;
  return cached.map((result) => result ?? fresh[next++]!);
}

/** Asks; when the connection was lost meanwhile, once more, if asking changes nothing. */
async function ask(connection: Connection, commands: readonly Command[]): Promise<CommandResult[]> {
  const once = async () => {
    const results = resultsOf("c", await connection.run(buildObservation(commands)));
    if (results.length === commands.length) return results;
    throw new TypeError(`${results.length} answers to ${commands.length} commands`);
  };
  try {
    return await once();
  } catch (error) {
    const again = error instanceof HostError && error.reason === "lost";
    if (!again || commands.some((command) => command.mutates)) throw error;
    return await once();
  }
}

async function apply(place: Place, connection: Connection, batch: Batch): Promise<Outcome> {
  const answer = readChange(batch, await connection.run(buildChange(batch)));
  switch (answer.kind) {
    case "busy":
      throw lockBusy(place, answer.lock, lockSeconds(batch));
    case "no-lock":
      throw lockFailed(place, answer.status, answer.stderr);
    case "broken":
      throw connectionLost(place, "the shell that held the locks ended early", true);
    default:
      return answer;
  }
}
