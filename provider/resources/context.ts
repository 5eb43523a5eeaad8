/** What a resource's contract is run with, and what it finds. */
import type { CommandResult } from "../freebsd/command.js";
import type { HostFacts } from "../freebsd/sysctl.js";
import type { Session } from "../host/session.js";
import type { Machine } from "./machine.js";
import type { Observation, Results } from "./resource.js";

export interface Context {
  readonly session: Session;
  /** The machine that the state speaks of. */
  readonly machine?: Machine | undefined;
  /** Whether a machine that is only likely to be that one is refused, too. Default: not where something of ours is. */
  readonly strict?: boolean;
  /** Prints a line for the user. Default: the console, which the engine shows. */
  readonly report?: (line: string) => void;
  /** Milliseconds between two lines about a download. Default 5000. */
  readonly reportInterval?: number;
  /** Resolves after about so many milliseconds. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

export interface Seen<O> {
  readonly observed: O;
  readonly facts: HostFacts;
}

/** A change that stopped after something was changed: what is on the host is kept, the next run repairs it. */
export class Unfinished extends Error {
  constructor(
    message: string,
    readonly seen: Seen<unknown> | undefined,
  ) {
    super(message);
  }
}

/** Answers under the names of their questions. */
export function named(observation: Observation, results: readonly CommandResult[]): Results {
  return Object.fromEntries(Object.keys(observation).map((key, i) => [key, results[i]!]));
}
