/** Joins this process's terminal with one on a host. */
import type { ReadStream, WriteStream } from "node:tty";
import type { Terminal, Window } from "../host/transport.js";

/** What ends a process that does not expect it. */
export const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where a person sits, or what stands for one. */
export interface Seat {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** Its size, where input and output both are a terminal. */
export function windowOf({ stdin, stdout }: Seat): Window | undefined {
  if (stdin.isTTY !== true || stdout.isTTY !== true) return undefined;
  return { rows: stdout.rows, columns: stdout.columns };
}

/**
 * Passes on what is typed and shown until the command on the host has ended; resolves with its exit status. What ends
 * this process otherwise (^C without a terminal, a closed window) only hangs up, so that the caller can tidy.
 */
export async function joinTerminal(terminal: Terminal, seat: Seat = process): Promise<number> {
  // At a terminal that the command shares, ^C reaches it, too, and is its own business.
  const shared = terminal.channel === undefined && seat.stdin.isTTY === true;
  const hangUp = (signal: string) => {
    if (!shared || signal !== "SIGINT") terminal.destroy();
  };
  for (const signal of signals) process.on(signal, hangUp);
  const leave = sit(terminal, seat);
  try {
    const { status, cause } = await terminal.exit;
    if (status === undefined) throw new Error(`the terminal is gone: ${cause}`);
    return status;
  } finally {
    leave();
    for (const signal of signals) process.off(signal, hangUp);
  }
}

/** Connects input and output; returns what gives the local terminal back. */
function sit({ channel, resize }: Terminal, seat: Seat): () => void {
  const { stdin, stdout, stderr } = seat;
  if (channel === undefined) return () => undefined;
  const raw = windowOf(seat) !== undefined;
  const follow = () => {
    const window = windowOf(seat);
    if (window !== undefined) resize(window);
  };
  if (raw) (stdin as ReadStream).setRawMode(true);
  (stdout as WriteStream).on("resize", follow);
  // A program that ends early closes its input: what is typed then goes nowhere.
  channel.stdin.on("error", () => undefined);
  stdin.pipe(channel.stdin);
  channel.stdout.pipe(stdout, { end: false });
  channel.stderr.pipe(stderr, { end: false });
  return () => {
    stdin.unpipe(channel.stdin);
    stdin.pause();
    if (raw) (stdin as ReadStream).setRawMode(false);
    stdin.unref();
    (stdout as WriteStream).off("resize", follow);
  };
}
