/** The one thing that sessions need of a way to a host: shells. */
import type { Readable, Writable } from "node:stream";
import type { HostError } from "./errors.js";

/** A shell that runs on the host and reads what to do from `stdin`. */
export interface Channel {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** Resolves when it is over, with the exit status when one came. Never rejects. */
  readonly exit: Promise<{ readonly status?: number; readonly cause: string }>;
  /** Lets go of it. What runs on the host is not ended by this. */
  destroy(): void;
}

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

export interface Transport {
  /** "root@jailhost1.example.org:22" */
  readonly name: string;
  /**
   * Starts `command` (one of `shellCommand`'s texts) on the host. Throws `ChannelRefused` when the
   * host gives no further channel now.
   */
  openShell(command: string): Promise<Channel>;
  /** Starts a text of `terminalCommand` for a person; throws as `openShell` does. */
  openTerminal(command: string, window?: Window): Promise<Terminal>;
  /** What it means that a shell ended with this before it answered at all. */
  explainShell(status: number | undefined, stderr: string): ShellVerdict;
  /** Resolves with the cause when the connection is gone. Never rejects. */
  readonly closed: Promise<string>;
  end(): void;
  /** Whether the connection keeps the process alive. */
  setBusy(busy: boolean): void;
}

export interface ShellVerdict {
  /** Worth another try after a pause. */
  readonly passing: boolean;
  readonly error: HostError;
}

/** The host gives no further channel on this connection now (MaxSessions). */
export class ChannelRefused extends Error {}

/**
 * The connection was found dead before anything of a batch was sent: safe to try again on a new
 * one.
 */
export class ConnectionGone extends Error {}

/**
 * The text that starts a shell. It holds only what csh (root's login shell up to FreeBSD 13) and sh
 * read alike.
 */
export function shellCommand(become: "doas" | "sudo" | undefined): string {
  return become === undefined ? "exec /bin/sh" : `exec ${become} -n /bin/sh`;
}
