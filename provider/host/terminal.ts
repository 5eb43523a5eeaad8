/** Commands for a person: with a terminal where there is one. */
import { spawn } from "node:child_process";
import type { Command } from "../freebsd/command.js";
import type { HostSpec } from "./host-spec.js";
import { findHost } from "./pool.js";
import { quoteWords } from "./quote.js";
import type { Channel } from "./transport.js";

/** Size of a terminal, in characters. */
export interface Window {
  readonly rows: number;
  readonly columns: number;
}

/** A command that was started for a person. */
export interface Terminal {
  /** What is typed and shown; absent when the command reads and writes where this process does. */
  readonly channel?: Channel;
  readonly exit: Channel["exit"];
  resize(window: Window): void;
  /** Lets go of it: the host hangs up. */
  destroy(): void;
}

/** Runs a command on a host, in a terminal of that size, or without one. Throws `HostError`. */
export function openTerminal(
  spec: HostSpec,
  { argv }: Pick<Command, "argv">,
  window?: Window,
): Promise<Terminal> {
  const text = terminalCommand(argv, spec.become);
  return findHost(spec).connection.terminal(text, window);
}

/** Where commands are, whatever the login says. */
const path = "/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin";

/**
 * Text that csh (root's login shell up to FreeBSD 13) and sh read alike. Whatever csh would look at even between
 * apostrophes becomes an octal number, which the printf(1) of sh reads.
 */
export function terminalCommand(argv: Command["argv"], become?: "doas" | "sudo"): string {
  const line = `PATH=${path}; export PATH; cd /; exec ${quoteWords(argv)}`;
  const safe = [...Buffer.from(line)].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w ./:=-]/.test(character) ? character : `\\0${byte.toString(8).padStart(3, "0")}`;
  });
  const user = become === undefined ? "" : `${become} -n `;
  return `exec ${user}/bin/sh -c 'eval "$(printf %b "${safe.join("")}")"'`;
}

/** A program that has this process's own input, output and terminal. */
export function runHere(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Terminal {
  const { TERM } = process.env;
  const child = spawn(file, args, {
    env: { ...env, ...(TERM === undefined ? {} : { TERM }) },
    stdio: "inherit",
  });
  const exit = new Promise<{ status?: number; cause: string }>((resolve) => {
    child.once("error", ({ message }) => resolve({ cause: message }));
    child.once("close", (code, signal) =>
      resolve(
        code === null ? { cause: `ended by ${signal}` } : { status: code, cause: `ended with ${code}` },
      ),
    );
  });
  return { exit, resize: () => undefined, destroy: () => void child.kill("SIGHUP") };
}
