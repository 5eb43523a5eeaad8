/** What a host says of one resource, and single steps on it. */
import type { CommandResult } from "../freebsd/command.js";
import { factCommands } from "../freebsd/sysctl.js";
import { type Context, named, type Seen } from "./context.js";
import { describeFailure } from "./failure.js";
import { requireFacts, requireSame } from "./host-facts.js";
import type { CommonInputs, Definition, Observation, Plan, Results, Target } from "./resource.js";

/** What the host says now, for a refresh: answered from the snapshot that a burst of reads shares. */
export async function read<I extends CommonInputs, O>(
  context: Context,
  definition: Definition<I, O>,
  target: Target<I>,
): Promise<Seen<O>> {
  const { session } = context;
  const observation = { ...factCommands, ...definition.observe(target) };
  const results = named(observation, await session.read(Object.values(observation)));
  return see(context, definition, target, results);
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
  return { ...see(context, definition, target, results), results };
}

/** The picture that answers give, if they are those of the machine that is meant. */
function see<I extends CommonInputs, O>(
  context: Context,
  definition: Definition<I, O>,
  target: Target<I>,
  results: Results,
): Seen<O> {
  const facts = requireFacts(context, results);
  const seen = { observed: definition.parse(target, results), facts };
  requireSame(context, definition, target, seen);
  return seen;
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
