/**
 * The contract of a resource: observe, plan, apply. No code asks "was it create or update": the plan is what is
 * missing between what is declared and what was observed, and deletion is the plan for nothing declared.
 */
import type { z } from "zod";
import type { Command, CommandResult } from "../freebsd/command.js";
import type { Storage } from "../freebsd/layout.js";
import type { Mark } from "../freebsd/mark.js";
import type { Context, Seen } from "./context.js";
import type { Download } from "./progress.js";

/** What changing a property means, as the preview says it. */
export type Effect =
  /** Changes the running thing in place. */
  | "live"
  /** Needs a stop and a start. */
  | "restart"
  /** Changes files only; nothing that runs notices. */
  | "none"
  /** Only how the host is reached. */
  | "connection"
  /** How the host is reached, or another machine: only that itself can tell. */
  | "migrate"
  /** Builds another one beside, moves users over, then removes the old one. */
  | "replace"
  /** Cannot be changed yet; refused before anything is touched. */
  | "refused";

export interface CommonInputs {
  readonly host: unknown;
  /** URN of the resource, put in by the SDK. */
  readonly owner: string;
}

/** What is declared, and under which mark. */
export interface Target<I> {
  readonly inputs: I;
  /** Where the host keeps things. */
  readonly storage: Storage;
  readonly mark: Mark;
  /** Marks that are ours, too: the owner's name before a stack was renamed. */
  readonly formerMarks: readonly string[];
  /**
   * Tells two lives of one resource apart: Pulumi may make a thing again before it deletes its former self, which
   * must then not take away what the new one has.
   */
  readonly life: string;
  /** The inputs of the last run: what is declared no more is removed. */
  readonly former?: I | undefined;
}

/** Commands by the name under which their results are parsed. */
export type Observation = Readonly<Record<string, Command>>;
export type Results<T extends Observation = Observation> = {
  readonly [K in keyof T]: CommandResult;
};

export interface Plan {
  /** Objects of the host that are locked, in their fixed order. */
  readonly locks: readonly string[];
  /** Seconds to wait for each of them, when others may hold them for long. Default 60. */
  readonly lockTimeout?: number;
  readonly commands: readonly Command[];
  /** Run when a command failed, whatever their own statuses are, but for those of gates: removes staging. */
  readonly onFailure?: readonly Command[];
  /** What `onFailure` came to, for the error, by the picture after it; "" where there is nothing to say. */
  readonly undone?: (observed: unknown) => string;
  /** What the commands download, for progress lines. */
  readonly downloads?: readonly Download[];
  /** Run last, and not a reason for a change: removes directories that are empty now. */
  readonly tidy?: readonly Command[];
}

/** A resource on one of two machines. */
export interface Side<I> {
  readonly context: Context;
  readonly target: Target<I>;
}

export interface Definition<I extends CommonInputs, O> {
  /** "Jail" */
  readonly kind: string;
  readonly schema: z.ZodType<I>;
  /**
   * By which a state is read, which a program's own check need not like: it has what a refresh found on the host, and
   * what a change that failed did not come to give up. Default: `schema`.
   */
  readonly stateSchema?: z.ZodType<I>;
  /** Inputs that a refresh takes from the host: one that no program could declare is left out of what is read. */
  readonly found?: readonly string[];
  /** The effect of changing each input; `changes` may say more for the values at hand. */
  readonly effects: Readonly<Record<string, Effect>>;
  /** Whether it can be made anew on another machine: it holds no data of its own. */
  readonly rebuildable: boolean;
  /** How messages name it: "jail web". */
  title(inputs: I): string;
  /** Outputs that are known before anything runs; check adds them to the inputs, so that previews show them. */
  predict(inputs: I, storage: Storage): Record<string, unknown>;
  /** What changing `key` from one value to another does, in words for the preview; `news`, `olds`: all that is and was. */
  explain?(
    key: string,
    from: unknown,
    to: unknown,
    news?: Record<string, unknown>,
    olds?: Record<string, unknown>,
  ): { effect: Effect; detail: string };
  /** Refusals that need the old inputs, or what else was checked for the same host: property path to reason. */
  refuse?(
    inputs: I,
    olds: Record<string, unknown> | undefined,
    host: string,
  ): { property: string; reason: string }[];
  /** Settings that are allowed, and that the user is to know of when they come; asks no host. */
  warn?(
    news: Record<string, unknown>,
    olds: Record<string, unknown> | undefined,
    host: Storage & { readonly name: string },
  ): readonly string[];
  /** Questions that change nothing. */
  observe(target: Target<I>): Observation;
  /** Questions that only a change needs: takes leases, fetches a manifest. */
  prepare?(target: Target<I>, goal: "present" | "absent"): Observation;
  parse(target: Target<I>, results: Results): O;
  /** Whether something on the host carries our mark. */
  exists(observed: O): boolean;
  /**
   * Whether something of ours is on the host that no other machine can see, also where storage is shared. Default:
   * whether it exists.
   */
  isHere?(target: Target<I>, observed: O): boolean;
  /** Throws `Refused` where the host or somebody else's things do not allow it. */
  plan(target: Target<I>, observed: O): Plan;
  planAbsent(target: Target<I>, observed: O): Plan;
  /** Gives back what `prepare` took, when the plan was refused. */
  giveUp?(target: Target<I>, observed: O): readonly Command[];
  outputs(target: Target<I>, observed: O): Record<string, unknown>;
  /** Properties of a change that ended half-way, where what is still to be removed must not be forgotten. */
  remains?(target: Target<I>, observed: O): Record<string, unknown>;
  /**
   * Takes it with its data from one machine to another, and returns what is there then. An error leaves it where it
   * was; a run that died is gone on with by the next one, whose state still names the first machine.
   */
  move?(from: Side<I>, to: Side<I>): Promise<Seen<O>>;
  /** Lines for the user about what a change did. */
  tell?(target: Target<I>, before: O, after: O): readonly string[];
  /** Outputs of what the host has under a name or an id, whoever made it; undefined when there is no such thing. */
  lookUp?(
    context: Context,
    storage: Storage,
    key: string,
  ): Promise<Record<string, unknown> | undefined>;
  /** The inputs as the host shows them: what a refresh puts into the state. */
  drifted(target: Target<I>, observed: O): I;
}

/** A change that is not done: nothing was touched. */
export class Refused extends Error {}

/** A refusal that another run's work in progress can cause for a moment: looked at again before it is told. */
export class RefusedForNow extends Refused {}
