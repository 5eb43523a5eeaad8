/**
 * A jail on its way to another machine: same id, same data. The first machine has it until one link there says
 * otherwise, and nothing starts it on the second one before that; so it never runs twice, whatever dies when. An error
 * takes it back; a run that died is observed on both machines and gone on with.
 */
import { randomBytes } from "node:crypto";
import { removeFile } from "../freebsd/files.js";
import { formatMark } from "../freebsd/mark.js";
import { HostError } from "../host/errors.js";
import { change, lookAt, type Seen } from "./engine.js";
import { OtherMachine } from "./host-facts.js";
import type { JailInputs } from "./jail-inputs.js";
import {
  askSource,
  askTarget,
  type Found,
  refuseSource,
  refuseTarget,
  sizeOf,
} from "./jail-move-checks.js";
import {
  copyStopped,
  copyWhileRunning,
  type JailSide,
  makePlace,
  type Route,
  steps,
  titleOf,
} from "./jail-move-copy.js";
import type { Generation } from "./jail-move-picture.js";
import { isElsewhere, tokenLink } from "./jail-move-picture.js";
import {
  beginMove,
  disable,
  handOver,
  leaveShared,
  planArrival,
  planDeparture,
  prepareArrival,
  takeBack,
} from "./jail-move-plans.js";
import type { JailObserved } from "./jail-picture.js";
import { refuseForeign } from "./jail-refusals.js";
import { nameKept } from "./jail-upgrade.js";
import { prepareUpgrade } from "./jail-upgrade-picture.js";
import { type Definition, Refused } from "./resource.js";

type JailDefinition = Definition<JailInputs, JailObserved>;

/** All that one run knows of a move. */
interface Move extends Route {
  readonly definition: JailDefinition;
  readonly here: Found;
  readonly there: Found;
  /** Both machines see the same storage: nothing is copied. */
  readonly shared: boolean;
  /** What the first machine's link is to say, and what it said before. */
  readonly moved: Generation;
}

export async function moveJail(
  definition: JailDefinition,
  from: JailSide,
  to: JailSide,
): Promise<Seen<JailObserved>> {
  const move = await survey(definition, from, to);
  if (move === undefined)
    return depart(definition, from, to, await change(to.context, definition, to.target, "present"));
  const began = Date.now();
  const stopped = isElsewhere(move.here.observed) ? began : await leave(move);
  const seen = await arrive(move);
  tell(move, Math.round((Date.now() - stopped) / 1000));
  return depart(definition, from, to, seen, move);
}

/** Looks at both machines. Undefined: nothing is on the first one any more, and the jail is on the second. */
async function survey(
  definition: JailDefinition,
  from: JailSide,
  to: JailSide,
): Promise<Move | undefined> {
  const here = await look(definition, from, {
    ...definition.prepare?.(from.target, "absent"),
    ...prepareUpgrade(from.target),
    ...askSource(from.target),
  }).catch((error: unknown) => {
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
  const shared = there.observed.move.token === token;
  const number = numberOf(here.observed) + (isElsewhere(here.observed) ? 0 : 1);
  const moved = { state: "moved" as const, machine: there.facts.hostuuid, number };
  const size = sizeOf(here);
  const move = { definition, from, to, here, there, shared, moved, size };
  await check(move);
  return move;
}

const numberOf = ({ move }: JailObserved): number => move.generation?.number ?? 0;

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
    if (isElsewhere(here.observed)) {
      if (given?.machine === there.facts.hostuuid) return;
      throw new Refused(
        `the jail was handed over to a third machine (kern.hostuuid ${given?.machine}), and that move did not come to ` +
          "its end. Set host to that machine first.",
      );
    }
    refuseSource(here, to.target.inputs.keepOld);
    refuseTarget(here, there, shared);
    // What an ordinary change refuses: names, leases, interfaces, parameters.
    refuseForeign(to.target, there.observed);
    const claimed = { mark: formatMark(to.target.mark), ...(shared ? {} : { partial: true }) };
    planArrival(to.target, { ...there.observed, ...claimed }, move.moved);
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

/** Copies the jail, stops it, copies the rest, and hands it over. Returns when it was stopped. */
async function leave(move: Move): Promise<number> {
  const { from, to, here, there, shared, moved } = move;
  const incoming: Generation = {
    state: "incoming",
    machine: here.facts.hostuuid,
    number: moved.number - 1,
  };
  try {
    if (!shared) {
      const place = [...prepareArrival(to.target, there.observed, incoming), ...makePlace(move)];
      await steps(to, place);
      await copyWhileRunning(move);
    }
    const stopped = Date.now();
    await steps(from, disable(from.target, here.observed));
    if (!shared) await copyStopped(move);
    await steps(from, [handOver(from.target, moved)]);
    return stopped;
  } catch (error) {
    const notes = [await back(move), ...(shared ? [] : [await clear(move)])];
    throw failure(move, error as Error, notes);
  }
}

/** Starts the jail on the second machine. */
async function arrive(move: Move): Promise<Seen<JailObserved>> {
  const { definition, to, moved } = move;
  const arriving: JailDefinition = {
    ...definition,
    plan: (t, observed) => planArrival(t, observed, moved),
  };
  try {
    return await change(to.context, arriving, to.target, "present");
  } catch (error) {
    // The second machine first: while it may have the jail, the first one must not.
    const note = await clear(move);
    if (note !== undefined) throw failure(move, error as Error, [note, handedOver(move)]);
    throw failure(move, error as Error, [await back(move)]);
  }
}

/** The jail is the first machine's again, and runs there as it is declared. What could not be done, in words. */
async function back({ definition, from, here, moved }: Move): Promise<string | undefined> {
  try {
    await steps(from, [takeBack(from.target, here.facts.hostuuid, moved.number - 1)]);
    await change(from.context, definition, from.target, "present");
    return undefined;
  } catch (error) {
    return (
      `It could not be started again on ${here.name}: ${(error as Error).message}\n` +
      "Its data is untouched there. The next pulumi up goes on with the move; with the former host, pulumi up " +
      "--refresh starts it there again."
    );
  }
}

/** Nothing of the jail is on the second machine. What could not be done, in words. */
async function clear({ definition, to, there, shared }: Move): Promise<string | undefined> {
  try {
    if (shared) {
      const { observed } = await lookAt(to.context, definition, to.target, {});
      await steps(to, leaveShared(to.target, observed));
    } else {
      await change(to.context, definition, to.target, "absent");
    }
    return undefined;
  } catch (error) {
    return `What is on ${there.name} could not be removed: ${(error as Error).message}`;
  }
}

const handedOver = ({ here, there }: Move): string =>
  `The jail was handed over to ${there.name} already and is therefore not started on ${here.name}, where its data is ` +
  "untouched. The next pulumi up goes on with the move.";

function failure({ from, here, there }: Move, cause: Error, notes: (string | undefined)[]): Error {
  const told = notes.filter((note) => note !== undefined);
  const end = told.length === 0 ? [`It is on ${here.name} as before.`] : told;
  const what = `${titleOf(from)} could not be moved from ${here.name} to ${there.name}`;
  return new Error([`${what}: ${cause.message}`, ...end].join("\n"));
}

/** The jail runs on the second machine: nothing of it stays on the first. */
async function depart(
  definition: JailDefinition,
  from: JailSide,
  to: JailSide,
  seen: Seen<JailObserved>,
  move?: Move,
): Promise<Seen<JailObserved>> {
  const keep = to.target.inputs.keepOld > 0 && move !== undefined;
  const keepAs = keep ? nameKept(move.here.observed.upgrade) : undefined;
  const departing: JailDefinition = {
    ...definition,
    planAbsent: (t, observed) => planDeparture(t, observed, keepAs),
  };
  try {
    if (move?.shared !== true) await change(from.context, departing, from.target, "absent");
    else await departShared(move);
    return seen;
  } catch (error) {
    throw new Error(
      `${titleOf(to)} runs on ${to.context.session.name} now, but what is left of it on ` +
        `${from.context.session.name} could not be removed: ${(error as Error).message}\n` +
        "The next pulumi up goes on with that.",
    );
  }
}

async function departShared({ definition, from }: Move): Promise<void> {
  const { observed } = await lookAt(from.context, definition, from.target, {});
  const own = leaveShared(from.target, { ...observed, mounts: [] });
  await steps(from, [...own, removeFile(tokenLink(from.target))]);
}

function tell({ from, to, here, there }: Move, seconds: number): void {
  const { report = console.log } = from.context;
  const { name, keepOld, running } = to.target.inputs;
  const down = running ? `, down for ${seconds} s` : "";
  const kept =
    keepOld === 0 ? "" : `, its old tree kept there as ${name}.${nameKept(here.observed.upgrade)}`;
  report(`${name}: moved from ${here.name} to ${there.name}${down}${kept}`);
}

/** Which machine cannot be asked, and that nothing can be moved from it then. */
function unreachable(from: JailSide, to: JailSide, error: Error): Error {
  if (!(error instanceof HostError || error instanceof OtherMachine)) return error;
  return new Refused(
    `${titleOf(from)} is on ${from.context.session.name}, which cannot be asked now, so that it cannot be moved to ` +
      `${to.context.session.name}; nothing was changed. ${error.message}`,
  );
}
