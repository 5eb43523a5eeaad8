/**
 * What the layers above see of a host: batches of commands, each batch one round trip. Knows no jails.
 */
import type { Readable, Writable } from "node:stream";
import type { Command, CommandResult } from "../freebsd/command.js";

export interface Batch {
  /**
   * Names of the host's objects that are locked while the batch runs, taken in this order
   * (`/var/run/pulumi-freebsd/<name>`): letters, digits, ".", "_" and "-".
   */
  readonly locks: readonly string[];
  /**
   * Repeated first, under the locks: when the digest of the answers differs from `digest`, the batch ends
   * before any change with the outcome `stale`.
   */
  readonly guard?: { readonly commands: readonly Command[]; readonly digest: string };
  /** The change. After the first command that fails, the rest is skipped. */
  readonly commands: readonly Command[];
  /** Run, tolerating failures, when one of `commands` failed: removes staging. */
  readonly onFailure?: readonly Command[];
  /** Observed afterwards in every case but `stale`, whatever the statuses are. */
  readonly verify: readonly Command[];
  /** Seconds to wait for the locks. Default 60. */
  readonly lockTimeout?: number;
}

export type Outcome =
  | {
      readonly kind: "done";
      readonly results: readonly CommandResult[];
      readonly verify: readonly CommandResult[];
    }
  | { readonly kind: "stale" }
  | {
      readonly kind: "failed";
      /** Index in `commands` of the one that failed. */
      readonly at: number;
      readonly result: CommandResult;
      readonly results: readonly CommandResult[];
      readonly verify: readonly CommandResult[];
    };

/** A command that runs in a channel of its own, and whose input or output is data of any length. */
export interface Stream {
  /** Data for a command that was started with "in"; ending it is the command's end of file. */
  readonly input: Writable;
  /** Data of a command that was started with "out". It has to be read to its end. */
  readonly output: Readable;
  /** How the command ended. Rejects with `HostError` when that is not known: the connection was lost. */
  readonly ended: Promise<CommandResult>;
  /** Lets go of it. The host's end of the pipe breaks; the command is not killed. */
  destroy(): void;
}

export interface Session {
  /** "root@jailhost1.example.org:22", for messages. */
  readonly name: string;
  /**
   * Runs commands that lock nothing, in one round trip, all of them whatever the statuses are. Stable answers
   * come from the connection's cache. Throws `HostError`.
   */
  observe(commands: readonly Command[]): Promise<CommandResult[]>;
  /**
   * As `observe`, for a burst of reads: `wide` forms are asked once a host and shared by all callers until the
   * next `apply` on this host or `snapshotSeconds` have passed.
   */
  read(commands: readonly Command[]): Promise<CommandResult[]>;
  /** Runs one changing batch, in one round trip. Throws `HostError`; a connection lost on the way is `unknown`. */
  apply(batch: Batch): Promise<Outcome>;
  /**
   * Starts a command whose output ("out") or input ("in") is data. `lock` is held while it runs, and holds its process
   * group, see `endStream` of freebsd/streams.ts. Throws `HostError`, when it does not begin.
   */
  stream(command: Command, direction: "in" | "out", lock: string): Promise<Stream>;
}

/** The digest that `Batch.guard` compares: of the answers to commands that are guarded, in order. */
export type GuardDigest = (
  commands: readonly Command[],
  results: readonly CommandResult[],
) => string;
