/** Commands for a person: with a terminal where there is one. */
import type { Command } from "../freebsd/command.js";
import type { HostSpec } from "./host-spec.js";
import { findHost } from "./pool.js";
import { SEARCH_PATH } from "./prelude.js";
import { quoteWords } from "./quote.js";
import type { Terminal, Window } from "./transport.js";

/** Runs a command on a host, in a terminal of that size, or without one. Throws `HostError`. */
export function openTerminal(
  spec: HostSpec,
  argv: Command["argv"],
  window?: Window,
): Promise<Terminal> {
  const text = terminalCommand(argv, spec.become);
  return findHost(spec).connection.terminal(text, window);
}

/** What the shell of a terminal runs. */
export const terminalLine = (argv: Command["argv"]): string =>
  `PATH=${SEARCH_PATH}; export PATH; cd /; exec ${quoteWords(argv)}`;

/**
 * Text that csh (root's login shell up to FreeBSD 13) and sh read alike. Whatever csh would look at even between
 * apostrophes becomes an octal number, which the printf(1) of sh reads.
 */
export function terminalCommand(argv: Command["argv"], become?: "doas" | "sudo"): string {
  const safe = [...Buffer.from(terminalLine(argv))].map((byte) => {
    const character = String.fromCharCode(byte);
    return /[\w ./:=-]/.test(character) ? character : `\\0${byte.toString(8).padStart(3, "0")}`;
  });
  const user = become === undefined ? "" : `${become} -n `;
  return `exec ${user}/bin/sh -c 'eval "$(printf %b "${safe.join("")}")"'`;
}
