/** Runs recorded lines on a host over SSH: simple ones as the provider runs its commands, the others by a shell. */
import type { Client } from "ssh2";
import type { Command } from "../../provider/freebsd/command.js";
import { openSession, parseHost, type Session } from "../../provider/host/index.js";
import type { EmbeddedHost, RunResult } from "../embedded-host/index.js";
import { connectTo, execute } from "../unit/embedded-host/ssh-client.js";
import type { Console } from "./replay.js";
import { wordsOf } from "./words.js";

export interface Connection extends Console {
  close(): void;
}

/** What the recorded commands ran in, beside what a login gives. */
const SURROUNDINGS =
  "cd / && umask 022 && exec env LC_ALL=C PATH=/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin";

/** Connects as a user of the host. */
export async function connect(host: EmbeddedHost, user: LoginOptions = {}): Promise<Connection> {
  const client = await connectTo(host, user);
  const session = user.username === undefined ? sessionWith(host) : undefined;
  return {
    run(line, { stdin = "" } = {}) {
      const words = wordsOf(line);
      if (words === undefined || session === undefined) return runInShell(client, line, stdin);
      return runAsProvider(session, words, stdin);
    },
    close: () => void client.end(),
  };
}

export interface LoginOptions {
  readonly username?: string;
  readonly password?: string;
}

function sessionWith(host: EmbeddedHost): Session {
  const { port, hostKey, privateKey } = host;
  const login = { host: host.address, port, hostKey, privateKey };
  return openSession(parseHost(login, { variables: {}, home: "/nonexistent" }));
}

async function runAsProvider(
  session: Session,
  argv: Command["argv"],
  input: string,
): Promise<RunResult> {
  const [answer] = await session.observe([{ argv, input, mutates: true }]);
  if (answer === undefined) throw new Error(`no answer to ${argv.join(" ")}`);
  return answer;
}

async function runInShell(client: Client, line: string, stdin: string): Promise<RunResult> {
  const quoted = `'${line.replaceAll("'", "'\\''")}'`;
  const command = `${SURROUNDINGS} /bin/sh -c ${quoted}`;
  const { status, stdout, stderr } = await execute(client, command, stdin);
  return { status: status ?? -1, stdout, stderr };
}
