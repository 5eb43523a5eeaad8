/**
 * Runs a resource's contract against a session: observe, plan, apply, look again. A run that died half-way is
 * observed and finished by the next one; a lost connection is observed again, never taken for success.
 */
import type { CommandResult } from "../freebsd/command.js";
import { factCommands, type HostFacts } from "../freebsd/sysctl.js";
import { guardDigest } from "../host/digest.js";
import { HostError } from "../host/errors.js";
import type { Batch, Outcome, Session } from "../host/session.js";
import { requireFacts } from "./host-facts.js";
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

/** A change that stopped after something was changed: what is on the host is kept, the next run repairs it. */
export class Unfinished extends Error {
  constructor(
    message: string,
    readonly seen: Seen<unknown> | undefined,
  ) {
    super(message);
  }
}

export interface Context {
  readonly session: Session;
  /** kern.hostuuid of the machine that the state speaks of. */
  readonly machine?: string | undefined;
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

/** What the host says now, for a refresh: answered from the snapshot that a burst of reads shares. */
export async function read<I extends CommonInputs, O>(
  context: Context,
  definition: Definition<I, O>,
  target: Target<I>,
): Promise<Seen<O>> {
  const { session } = context;
  const observation = { ...factCommands, ...definition.observe(target) };
  const results = named(observation, await session.read(Object.values(observation)));
  const facts = requireFacts(context, results);
  return { observed: definition.parse(target, results), facts };
}

/** What the host says of one resource now, with what else is asked; nothing comes from a snapshot. */
export async function lookAt<I extends CommonInputs, O>(
  context: Context,
  definition: Definition<I, O>,
  target: Target<I>,
  more: Observation,
): Promise<Seen<O> & { readonly results: Results }> {
  const observation = { ...factCommands, ...more, ...definition.observe(target) };
  const answers = await context.session.observe(Object.values(observation));
  const results = named(observation, answers);
  const facts = requireFacts(context, results);
  return { observed: definition.parse(target, results), facts, results };
}

/** Runs steps that are safe to repeat, under their locks. Throws when one of them fails. */
export async function runSteps(
  { session }: Context,
  title: string,
  { locks, commands }: Pick<Plan, "locks" | "commands">,
): Promise<readonly CommandResult[]> {
  if (commands.length === 0) return [];
  const outcome = await session.apply({ locks, commands, verify: [] });
  if (outcome.kind === "done") return outcome.results;
  if (outcome.kind === "stale") throw new TypeError("steps without a guard cannot be stale");
  const { title: step, argv } = commands[outcome.at]!;
  const where = `${title} on ${session.name}`;
  throw new Error(describeFailure(where, step ?? argv.join(" "), outcome.result));
}

/** Makes the host what `target` declares; with `absent`, removes what carries its mark. */
export async function change<I extends CommonInputs, O>(
  context: Context,
  definition: Definition<I, O>,
  target: Target<I>,
  goal: "present" | "absent",
): Promise<Seen<O>> {
  const state: Progress<O> = { changed: false, last: undefined };
  let losses = 0;
  for (let round = 1; round <= roundLimit; round++) {
    try {
      const done = await changeOnce(context, definition, target, goal, state);
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

interface Progress<O> {
  /** Whether an earlier round may have changed something. */
  changed: boolean;
  /** Whether a batch went through to its end, with what tidies up. */
  tidied?: boolean;
  /** What was still to be done after the last round. */
  missing?: string;
  last: Seen<O> | undefined;
}

/** One round; undefined when it has to be repeated. */
async function changeOnce<I extends CommonInputs, O>(
  context: Context,
  definition: Definition<I, O>,
  target: Target<I>,
  goal: "present" | "absent",
  state: Progress<O>,
): Promise<Seen<O> | undefined> {
  const { session } = context;
  const watch = definition.observe(target);
  const first = {
    ...factCommands,
    ...definition.prepare?.(target, goal),
    ...watch,
  };
  const answers = await session.observe(Object.values(first));
  const results = named(first, answers);
  const facts = requireFacts(context, results);
  const observed = definition.parse(target, results);
  state.last = { observed, facts };
  const plan = await planOrGiveUp(context, definition, target, goal, observed, state);
  // Something may have been removed by a run that died before it could tidy up.
  const tidying = !state.tidied && (plan.tidy ?? []).length > 0;
  if (plan.commands.length === 0 && !tidying) return { observed, facts };
  const guarded = named(
    watch,
    Object.keys(watch).map((key) => results[key]!),
  );
  const batch = toBatch(watch, guarded, plan);
  const before = state.changed;
  state.changed = true; // From here on a lost connection may have changed anything.
  const { report = console.log, reportInterval: interval = 5000 } = context;
  const apply = () => session.apply(batch);
  const outcome = await withProgress(
    { session, report, interval },
    plan.downloads ?? [],
    apply,
  ).catch((error: unknown) => {
    if (error instanceof HostError && error.kind === "refused") state.changed = before;
    throw error;
  });
  if (outcome.kind === "stale") {
    state.changed = before;
    return undefined;
  }
  const round = { batch, plan, outcome, results, facts, state, before };
  const seen = finish(context, definition, target, goal, round);
  const after = seen ?? state.last;
  const told = after !== undefined && outcome.kind === "done";
  const lines = told ? definition.tell?.(target, observed, after.observed) : [];
  for (const line of lines ?? []) report(line);
  return seen;
}

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
function finish<I extends CommonInputs, O>(
  { session }: Context,
  definition: Definition<I, O>,
  target: Target<I>,
  goal: "present" | "absent",
  { batch, plan, outcome, results, facts, state, before }: Finish<O>,
): Seen<O> | undefined {
  const watch = definition.observe(target);
  const title = `${definition.title(target.inputs)} on ${session.name}`;
  const look = () => definition.parse(target, { ...results, ...named(watch, outcome.verify) });
  if (outcome.kind === "failed") {
    const command = batch.commands[outcome.at]!;
    const why = describeFailure(title, command.title ?? command.argv.join(" "), outcome.result);
    const left = lookAfterFailure(look, why, state);
    const message = plan.undone === undefined ? why : `${why}\n${plan.undone(left)}`;
    const seen = { observed: left, facts };
    state.last = seen;
    const untouched = guardDigest(batch.verify, outcome.verify) === batch.guard?.digest;
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

/** What made a command fail (a full disk) may garble the answers after it, too: the failure is told first. */
function lookAfterFailure<O>(look: () => O, message: string, state: Progress<O>): O {
  try {
    return look();
  } catch (error) {
    throw new Unfinished(`${message}\n${(error as Error).message}`, state.last);
  }
}

async function planOrGiveUp<I extends CommonInputs, O>(
  { session }: Context,
  definition: Definition<I, O>,
  target: Target<I>,
  goal: "present" | "absent",
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

function toBatch(watch: Observation, guarded: Results, plan: Plan): Batch {
  const commands = Object.values(watch);
  const digest = guardDigest(
    commands,
    Object.keys(watch).map((key) => guarded[key]!),
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

function named(observation: Observation, results: readonly CommandResult[]): Results {
  return Object.fromEntries(Object.keys(observation).map((key, i) => [key, results[i]!]));
}

function describeFailure(
  title: string,
  step: string,
  { status, stderr, stdout }: CommandResult,
): string {
  const said = (stderr.trim() || stdout.trim()).split("\n").slice(-8).join("\n");
  // On a full disk there is no room for what the command says, either.
  const why = said === "" ? "nothing was said; is a file system of the host full?" : said;
  return `${title}: ${step}: failed with status ${status}: ${why}`;
}
