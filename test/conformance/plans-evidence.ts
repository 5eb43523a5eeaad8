/** What recorded hosts showed of the commands that a plan consists of. */
import { expect } from "vitest";
import { quoteWords } from "../../provider/host/quote.js";
import type { CommonInputs, Definition, Plan, Target } from "../../provider/resources/resource.js";
import { type CommandMessage, commandChannel } from "../embedded-host/channels.js";
import type { Release } from "../embedded-host/contract.js";
import { combinationsOf, type Form, transcriptCombinations } from "./combinations.js";
import { exceptions } from "./exceptions.js";
import { type Moment, type Seen, type SeeOptions, see } from "./plans.js";
import { readSession } from "./transcripts.js";

/** A plan's commands as lines, without the marks in them. */
export const linesOf = ({ commands }: Pick<Plan, "commands">): string[] =>
  commands.map(({ argv }) => quoteWords(argv).replaceAll(/owner:[\w:/%.-]+/g, "MARK"));

export interface Reached<O> extends Seen<O> {
  /** The plan's commands, as lines. */
  readonly plan: readonly string[];
  /** The programs that its commands ran, in shell functions too. */
  readonly ran: readonly string[];
}

/**
 * Sees a moment, plans for it and carries the plan out as the provider does. Everything that runs is of a form that a
 * recorded host of this release showed to succeed, or that has its manual page; and nothing is left to do.
 */
export async function reach<I extends CommonInputs, O>(
  moment: Moment,
  definition: Definition<I, O>,
  target: Target<I>,
  {
    rounds = 1,
    ...options
  }: SeeOptions & { /** Of what is made in several. */ rounds?: number } = {},
): Promise<Reached<O>> {
  const planFor = (picture: O): Plan =>
    options.goal === "absent"
      ? definition.planAbsent(target, picture)
      : definition.plan(target, picture);
  const seen = await see(moment, definition, target, options);
  const plan = planFor(seen.picture);
  const ran = await carryOut(moment, plan);
  expect(unproven(moment.release, ran.flatMap(combinationsOf))).toEqual([]);
  const later = { ...moment, answers: [] };
  const after = await see(later, definition, target, options);
  const rest = linesOf(planFor(after.picture));
  const own = { ...seen, plan: linesOf(plan), ran: ran.map(quoteWords) };
  if (rest.length === 0 || rounds === 1) {
    expect(rest).toEqual([]);
    return own;
  }
  const more = await reach(later, definition, target, { ...options, rounds: rounds - 1 });
  return { ...own, plan: [...own.plan, ...more.plan], ran: [...own.ran, ...more.ran] };
}

/** Applies a plan; gives what its worker shells ran, builtins too. */
async function carryOut({ session }: Moment, plan: Plan): Promise<(readonly string[])[]> {
  const ran: (readonly string[])[] = [];
  const note = (message: unknown) => {
    const { argv, by } = message as CommandMessage;
    if (/^\/bin\/sh( -s)?$/.test(by.join(" "))) ran.push(argv);
  };
  commandChannel.subscribe(note);
  const outcome = await session.apply({ ...plan, verify: [] });
  commandChannel.unsubscribe(note);
  expect(outcome).toMatchObject({ kind: "done" });
  return ran;
}

/** Forms without a step of the release that succeeded, and without a manual page in their stead. */
function unproven(release: Release, forms: readonly Form[]): Form[] {
  const shown = (form: Form) =>
    transcriptCombinations()
      .get(form)
      ?.some((each) => each.release === release && each.status === 0);
  return [...new Set(forms)].filter((form) => !shown(form) && exceptions[form] === undefined);
}

/** Expects that these lines are among `lines`, in this order, and that the session ran each of them with success. */
export function expectRecorded(
  release: Release,
  session: string,
  lines: readonly string[],
  expected: readonly string[],
  rename = (text: string) => text,
): void {
  expect(lines.filter((line) => expected.includes(line))).toEqual(expected);
  const succeeded = readSession(release, session)
    .filter(({ status }) => status === 0)
    .map(({ command = "" }) => rename(command));
  expect(succeeded).toEqual(expect.arrayContaining([...expected]));
}
