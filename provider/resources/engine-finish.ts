/** The end of a round: what its batch came to, by looking again. */
import type { HostFacts } from "../freebsd/sysctl.js";
import { guardDigest } from "../host/digest.js";
import type { Batch, Outcome } from "../host/session.js";
import { type Context, named, type Seen, Unfinished } from "./context.js";
import { describeFailure } from "./failure.js";
import {
  type CommonInputs,
  type Definition,
  type Observation,
  type Plan,
  Refused,
  type Results,
  type Target,
} from "./resource.js";

/** What a change is about. */
export interface Job<I extends CommonInputs, O> {
  readonly context: Context;
  readonly definition: Definition<I, O>;
  readonly target: Target<I>;
  readonly goal: "present" | "absent";
}

/** What the rounds of a change know of each other. */
export interface Progress<O> {
  /** Whether an earlier round may have changed something. */
  changed: boolean;
  /** Whether the host was found to be the one that is meant. */
  accepted?: boolean;
  /** Whether a batch went through to its end, with what tidies up. */
  tidied?: boolean;
  /** What was still to be done after the last round. */
  missing?: string;
  last: Seen<O> | undefined;
}

/** A round whose batch has run. */
interface Finish<O> {
  batch: Batch;
  plan: Plan;
  outcome: Exclude<Outcome, { kind: "stale" }>;
  results: Results;
  facts: HostFacts;
  state: Progress<O>;
  /** Whether something may have been changed in a round before this one. */
  before: boolean;
}

/** Looks at what the batch left: done when nothing is missing any more. */
export function finish<I extends CommonInputs, O>(
  { context: { session }, definition, target, goal }: Job<I, O>,
  { batch, plan, outcome, results, facts, state, before }: Finish<O>,
): Seen<O> | undefined {
  const watch = definition.observe(target);
  const title = `${definition.title(target.inputs)} on ${session.name}`;
  const look = () => definition.parse(target, { ...results, ...named(watch, outcome.verify) });
  if (outcome.kind === "failed") {
    const command = batch.commands[outcome.at]!;
    const step = command.title ?? command.argv.join(" ");
    const why = describeFailure(title, step, outcome.result, command.secrets);
    const left = lookAfterFailure(look, why, state);
    const undone = plan.undone?.(left) ?? "";
    const message = undone === "" ? why : `${why}\n${undone}`;
    const seen = { observed: left, facts };
    state.last = seen;
    const untouched =
      guardDigest(batch.verify, outcome.verify) === batch.guard?.digest &&
      isSameInside(watch, results, named(watch, outcome.verify));
    if (untouched) state.changed = before; // The batch took back all that it had done.
    throw untouched ? new Refused(message) : new Unfinished(message, seen);
  }
  const after = look();
  const seen = { observed: after, facts };
  state.last = seen;
  state.tidied = true;
  const rest =
    goal === "present" ? definition.plan(target, after) : definition.planAbsent(target, after);
  if (rest.commands.length === 0) return seen;
  // Some things only show when the first ones are done (a kernel's own defaults): another round, unless nothing moved.
  const missing = rest.commands.map((each) => each.title ?? each.argv.join(" ")).join("; ");
  if (missing === state.missing) {
    const message = `${title}: every command succeeded, but this is still to be done: ${missing}.`;
    throw new Unfinished(message, seen);
  }
  state.missing = missing;
  return undefined;
}

/** No guard is on what programs in a jail say; but what was changed there must not be forgotten. */
const isSameInside = (watch: Observation, before: Results, after: Results): boolean =>
  Object.entries(watch).every(
    ([key, { detached }]) => detached !== true || before[key]?.stdout === after[key]?.stdout,
  );

/** What made a command fail (a full disk) may garble the answers after it, too: the failure is told first. */
function lookAfterFailure<O>(look: () => O, message: string, state: Progress<O>): O {
  try {
    return look();
  } catch (error) {
    throw new Unfinished(`${message}\n${(error as Error).message}`, state.last);
  }
}
