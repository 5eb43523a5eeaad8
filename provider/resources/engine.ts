/**
 * Runs a resource's contract against a session: observe, plan, apply, look again. A run that died half-way is
 * observed and finished by the next one; a lost connection is observed again, never taken for success.
 */
import { factCommands } from "../freebsd/sysctl.js";
import { guardDigest } from "../host/digest.js";
import { HostError } from "../host/errors.js";
import type { Batch, Outcome } from "../host/session.js";
import { type Context, named, type Seen, Unfinished } from "./context.js";
import { finish, type Job, type Progress } from "./engine-finish.js";
import { requireFacts, requireSame } from "./host-facts.js";
import { withProgress } from "./progress.js";
import {
  type CommonInputs,
  type Definition,
  type Observation,
  type Plan,
  Refused,
  RefusedForNow,
  type Results,
  type Target,
} from "./resource.js";

/** Rounds of observe and apply before a change gives up: others may change the same thing meanwhile. */
const roundLimit = 12;
/** Rounds in which a refusal that may pass is waited for. */
const patientRounds = 3;
/** Connections that one change may lose. */
const lossLimit = 3;

/** Makes the host what `target` declares; with `absent`, removes what carries its mark. */
export async function change<I extends CommonInputs, O>(
  context: Context,
  definition: Definition<I, O>,
  target: Target<I>,
  goal: "present" | "absent",
): Promise<Seen<O>> {
  const job: Job<I, O> = { context, definition, target, goal };
  const state: Progress<O> = { changed: false, last: undefined };
  let losses = 0;
  for (let round = 1; round <= roundLimit; round++) {
    try {
      const done = await changeOnce(job, state);
      if (done !== undefined) return done;
    } catch (error) {
      const passing = error instanceof RefusedForNow && round < patientRounds;
      const lost = error instanceof HostError && error.kind === "unknown" && ++losses < lossLimit;
      if (!passing && !lost) {
        throw state.changed && !(error instanceof Unfinished)
          ? new Unfinished((error as Error).message, state.last)
          : error;
      }
    }
    await context.pause(Math.min(2000, 50 * 2 ** round) * (0.5 + Math.random()));
  }
  throw new Refused(
    `${definition.title(target.inputs)} on ${context.session.name}: the host kept changing while it was looked at ` +
      `(${roundLimit} times). Something else works on the same thing; run again when it is done.`,
  );
}

/** One round; undefined when it has to be repeated. */
async function changeOnce<I extends CommonInputs, O>(
  job: Job<I, O>,
  state: Progress<O>,
): Promise<Seen<O> | undefined> {
  const { definition, target, context } = job;
  const { results, seen: found } = await look(job, state);
  const plan = await planOrGiveUp(job, found.observed, state);
  // Something may have been removed by a run that died before it could tidy up.
  const tidying = !state.tidied && (plan.tidy ?? []).length > 0;
  if (plan.commands.length === 0 && !tidying) return found;
  const batch = toBatch(definition.observe(target), results, plan);
  const before = state.changed;
  state.changed = true; // From here on a lost connection may have changed anything.
  const outcome = await apply(context, plan, batch).catch((error: unknown) => {
    if (error instanceof HostError && error.kind === "refused") state.changed = before;
    throw error;
  });
  if (outcome.kind === "stale") {
    state.changed = before;
    return undefined;
  }
  const { facts } = found;
  const seen = finish(job, { batch, plan, outcome, results, facts, state, before });
  const after = seen ?? state.last;
  const told = after !== undefined && outcome.kind === "done";
  const lines = told ? definition.tell?.(target, found.observed, after.observed) : [];
  for (const line of lines ?? []) (context.report ?? console.log)(line);
  return seen;
}

/** Asks the host, and makes sure that it is the one that is meant. */
async function look<I extends CommonInputs, O>(
  { context, definition, target, goal }: Job<I, O>,
  state: Progress<O>,
): Promise<{ results: Results; seen: Seen<O> }> {
  const prepared = definition.prepare?.(target, goal);
  const questions = { ...factCommands, ...prepared, ...definition.observe(target) };
  const results = named(questions, await context.session.observe(Object.values(questions)));
  const facts = requireFacts(context, results);
  const seen = { observed: definition.parse(target, results), facts };
  // What tells that it is may be what this run takes away first.
  if (!state.accepted) requireSame(context, definition, target, seen);
  state.accepted = true;
  state.last = seen;
  return { results, seen };
}

function apply({ session, report, reportInterval }: Context, plan: Plan, batch: Batch) {
  const reporting = { session, report: report ?? console.log, interval: reportInterval ?? 5000 };
  return withProgress<Outcome>(reporting, plan.downloads ?? [], () => session.apply(batch));
}

async function planOrGiveUp<I extends CommonInputs, O>(
  { context: { session }, definition, target, goal }: Job<I, O>,
  observed: O,
  state: Progress<O>,
): Promise<Plan> {
  try {
    return goal === "present"
      ? definition.plan(target, observed)
      : definition.planAbsent(target, observed);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const back = goal === "present" ? (definition.giveUp?.(target, observed) ?? []) : [];
    if (back.length > 0 && !state.changed)
      await session.apply({ locks: [], commands: back, verify: [] });
    throw new Refused(`${definition.title(target.inputs)} on ${session.name}: ${error.message}`);
  }
}

function toBatch(watch: Observation, results: Results, plan: Plan): Batch {
  const commands = Object.values(watch);
  const digest = guardDigest(
    commands,
    Object.keys(watch).map((key) => results[key]!),
  );
  return {
    locks: plan.locks,
    ...(plan.lockTimeout === undefined ? {} : { lockTimeout: plan.lockTimeout }),
    guard: { commands, digest },
    commands: [...plan.commands, ...(plan.tidy ?? [])],
    ...(plan.onFailure === undefined ? {} : { onFailure: plan.onFailure }),
    verify: commands,
  };
}
