/** The shell text that starts a stream: one command in a channel of its own, whose input or output is data. Pure. */
import type { Command } from "../freebsd/command.js";
import { PRELUDE, RUN_DIRECTORY } from "./prelude.js";
import { quoteWord, quoteWords } from "./quote.js";
import { defineFunctions, makeNonce } from "./script.js";

/** Whether the command's output is the data ("out"), or its input ("in"). */
export type Direction = "in" | "out";

export interface StreamScript {
  readonly text: string;
  readonly nonce: string;
  readonly direction: Direction;
  readonly command: Command;
  readonly lock: string;
}

/** Seconds that a stream waits for one of the same name. */
const PATIENCE = 30;

/**
 * The markers go to stderr only: stdout is data. The data is sent when "ready" has come, because the shell may read
 * ahead what follows its script. The lock's file holds the process group, so that whoever finds the lock taken can
 * end what a lost connection left behind.
 */
export function buildStream(command: Command, direction: Direction, lock: string): StreamScript {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(lock)) {
    throw new TypeError(`"${lock}" is no name for a lock`);
  }
  const nonce = makeNonce();
  const file = quoteWord(`${RUN_DIRECTORY}/${lock}`);
  const redirection = direction === "out" ? "</dev/null" : ">&2";
  const inner = [
    `ps -o pgid= -p "$$" >${file} || exit`,
    defineFunctions([command]).trimEnd(),
    `printf '\\n%s ready 0\\n' ${nonce} >&2`,
    `(${quoteWords(command.argv)}) ${redirection}`,
    // An empty lock's file says that nothing of it runs.
    `s=$?; : >${file}; exit "$s"`,
  ];
  const script = quoteWord(inner.filter((line) => line !== "").join("\n"));
  const text = [
    "{",
    `mkdir -p -m 0700 ${RUN_DIRECTORY} &&`,
    `lockf -k -t ${PATIENCE} ${file} /bin/sh -c ${script}`,
    `printf '\\n%s end %s\\n' ${nonce} "$?" >&2`,
    "exit",
    "}",
  ];
  return { text: `${PRELUDE}${text.join("\n")}\n`, nonce, direction, command, lock };
}
