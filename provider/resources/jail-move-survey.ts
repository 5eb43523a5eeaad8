/** The beginning of a move: both machines are looked at, and what does not fit is refused while the jail runs. */
import { randomBytes } from "node:crypto";
import { removeFile } from "../freebsd/files.js";
import { formatMark } from "../freebsd/mark.js";
import { HostError } from "../host/errors.js";
import { OtherMachine } from "./host-facts.js";
import type { JailInputs } from "./jail-inputs.js";
import { askTarget, refuseTarget } from "./jail-move-checks.js";
import { type Generation, isElsewhere, isNamed, tokenLink } from "./jail-move-picture.js";
import { beginMove, planArrival } from "./jail-move-plans.js";
import { askResolver } from "./jail-move-resolver.js";
import { askSource, type Found, refuseSource, sizeOf } from "./jail-move-source.js";
import { type JailSide, type Route, steps, titleOf } from "./jail-move-transfer.js";
import type { JailObserved } from "./jail-picture.js";
import { refuseForeign } from "./jail-refusals.js";
import { prepareUpgrade } from "./jail-upgrade-picture.js";
import { lookAt } from "./look.js";
import { machineId } from "./machine.js";
import { type Definition, Refused } from "./resource.js";

export type JailDefinition = Definition<JailInputs, JailObserved>;

/** All that one run knows of a move. */
export interface Move extends Route {
  readonly definition: JailDefinition;
  readonly here: Found;
  readonly there: Found;
  /** Both machines see the same storage: nothing is copied. */
  readonly shared: boolean;
  /** This attempt's, as the links on both machines have it. */
  readonly token: string;
  /** An earlier run gave the copy its name: it may have run since, and is the only one with what it wrote. */
  readonly arrived: boolean;
  /** What the first machine's link is to say, and what it said before. */
  readonly moved: Generation;
  /** The first machine, by the name that the state has for it. */
  readonly home: string;
}

/** Looks at both machines. Undefined: nothing is on the first one any more, and the jail is on the second. */
export async function survey(
  definition: JailDefinition,
  from: JailSide,
  to: JailSide,
): Promise<Move | undefined> {
  refuseBoth(from, to);
  const asking = { ...from, target: askResolver(from.target) };
  const here = await lookAtSource(definition, asking).catch((error: unknown) => {
    throw unreachable(from, to, error as Error);
  });
  const gone = !definition.exists(here.observed);
  const token = `moving:${here.facts.hostuuid}:${randomBytes(8).toString("hex")}`;
  if (!gone) await steps(from, beginMove(from.target, token));
  const there = await look(definition, to, {
    ...definition.prepare?.(to.target, "present"),
    ...askTarget(to.target),
  });
  if (gone) {
    if (definition.exists(there.observed)) return undefined;
    throw new Refused(
      `${titleOf(from)} is not on ${here.name} any more, and not on ${there.name} either: there is nothing to move. ` +
        "Run pulumi refresh, and it is made anew.",
    );
  }
  const elsewhere = isElsewhere(from.target, here.observed);
  const given = here.observed.move.generation;
  // Later it is the link that knows: what a network file system still shows of a token may be an old one.
  const shared = elsewhere ? given?.shared === true : there.observed.move.token === token;
  const number = numberOf(here.observed) + (elsewhere ? 0 : 1);
  const machine = machineId(there.facts);
  const moved = { state: "moved" as const, machine, number, ...(shared && { shared }) };
  const arrived = elsewhere && !shared && there.observed.root;
  const size = sizeOf(here);
  // What tells that the first machine is the one in the state goes when the jail is stopped.
  const known = { ...from, context: { ...from.context, machine: here.facts } };
  const home = machineId(from.context.machine ?? here.facts);
  const move = {
    ...{ definition, here, there, shared, token, arrived, moved, home, size, left: here.observed },
    from: known,
    // A name may stand for several machines: a new connection must not lead to another one.
    to: { ...to, context: { ...to.context, machine: there.facts } },
  };
  await check(move);
  return move;
}

const numberOf = ({ move }: JailObserved): number => move.generation?.number ?? 0;

/** The machine that the jail leaves, with all that tells whether it may. */
export const lookAtSource = (definition: JailDefinition, from: JailSide): Promise<Found> =>
  look(definition, from, {
    ...definition.prepare?.(from.target, "absent"),
    ...prepareUpgrade(from.target),
    ...askSource(from.target),
  });

async function look(
  definition: JailDefinition,
  { context, target }: JailSide,
  more: Parameters<typeof lookAt>[3],
): Promise<Found> {
  const seen = await lookAt(context, definition, target, more);
  return { ...seen, target, name: context.session.name };
}

/** Refuses before anything is stopped; then nothing is left of the attempt. */
async function check(move: Move): Promise<void> {
  const { definition, here, there, shared, to, from } = move;
  const given = here.observed.move.generation;
  try {
    if (isElsewhere(from.target, here.observed)) {
      if (given !== undefined && isNamed(to.target, given, there.observed)) return;
      throw new Refused(
        `the jail was handed over to a third machine (${given?.machine}), and that move did not come to ` +
          "its end. Set host to that machine first.",
      );
    }
    refuseSource(here, to.target.inputs.keepOld);
    refuseTarget(here, there, shared);
    // What an ordinary change refuses: names, leases, interfaces, parameters.
    refuseForeign(to.target, there.observed);
    const claimed = { mark: formatMark(to.target.mark), ...(shared ? {} : { partial: true }) };
    const coming = { ...there.observed.move, token: move.token };
    planArrival(
      to.target,
      { ...there.observed, ...claimed, move: coming },
      { ...move, left: here.observed },
    );
  } catch (error) {
    await steps(from, [removeFile(tokenLink(from.target))]).catch(() => undefined);
    if (!shared) {
      await steps(to, definition.giveUp?.(to.target, there.observed) ?? []).catch(() => undefined);
    }
    if (!(error instanceof Refused)) throw error;
    throw new Refused(
      `${titleOf(from)} cannot be moved from ${here.name} to ${there.name}, nothing was changed: ${error.message}`,
    );
  }
}

/** Which machine cannot be asked, and that nothing can be moved from it then. */
function unreachable(from: JailSide, to: JailSide, error: Error): Error {
  if (!(error instanceof HostError || error instanceof OtherMachine)) return error;
  return new Refused(
    `${titleOf(from)} is on ${from.context.session.name}, which cannot be asked now, so that it cannot be moved to ` +
      `${to.context.session.name}; nothing was changed. ${error.message}`,
  );
}

/** One after the other: what a crash leaves is to be found by one name. */
function refuseBoth(from: JailSide, to: JailSide): void {
  const [before, after] = [from, to].map(({ target }) => target.inputs.name);
  if (before === after) return;
  throw new Refused(
    `${titleOf(from)} cannot be moved to ${to.context.session.name} and renamed to ${after} at once; nothing was ` +
      "changed. Do one after the other.",
  );
}
