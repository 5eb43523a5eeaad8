/**
 * A jail on its way to another machine: same id, same data. The first machine has it until one link there says
 * otherwise, and nothing starts it on the second one before that; so it never runs twice, whatever dies when. An error
 * takes it back; a run that died is observed on both machines and gone on with.
 */
import type { Seen } from "./context.js";
import { change } from "./engine.js";
import { copyStopped, copyWhileRunning, makePlace } from "./jail-move-copy.js";
import { depart, tellMove } from "./jail-move-departure.js";
import { disable, handOver, takeBack } from "./jail-move-handover.js";
import { layersOf } from "./jail-move-parts.js";
import { type Generation, isElsewhere } from "./jail-move-picture.js";
import { leaveShared, planArrival, prepareArrival } from "./jail-move-plans.js";
import { askResolver } from "./jail-move-resolver.js";
import { refuseSource } from "./jail-move-source.js";
import { type JailDefinition, lookAtSource, type Move, survey } from "./jail-move-survey.js";
import { refuseAnotherRun, stillOurs, takeOver } from "./jail-move-token.js";
import { type JailSide, steps, titleOf } from "./jail-move-transfer.js";
import type { JailObserved } from "./jail-picture.js";
import { lookAt } from "./look.js";
import { machineId } from "./machine.js";

export async function moveJail(
  definition: JailDefinition,
  from: JailSide,
  to: JailSide,
): Promise<Seen<JailObserved>> {
  const move = await survey(definition, from, to);
  if (move === undefined)
    return depart(definition, from, to, await change(to.context, definition, to.target, "present"));
  const began = Date.now();
  const stopped = isElsewhere(from.target, move.here.observed) ? began : await leave(move);
  const seen = await arrive(move);
  tellMove(move, Math.round((Date.now() - stopped) / 1000));
  return depart(definition, move.from, to, seen, move);
}

/** Copies the jail, stops it, copies the rest, and hands it over. Returns when it was stopped. */
async function leave(move: Move): Promise<number> {
  const { definition, from, to, here, there, shared, moved, token } = move;
  const incoming: Generation = {
    state: "incoming",
    machine: machineId(here.facts),
    number: moved.number - 1,
  };
  const ours = stillOurs(from.target, token);
  try {
    if (!shared) {
      const place = [
        ...prepareArrival(to.target, there.observed, {
          ...{ incoming, token },
          layers: layersOf(to.target, here.observed),
        }),
        ...makePlace(move),
      ];
      await steps(to, place);
      await copyWhileRunning(move);
    }
    // The copy may have taken hours: somebody may have started the jail, or made a snapshot of it.
    const now = await lookAtSource(definition, from);
    refuseSource(now, to.target.inputs.keepOld);
    const stopped = Date.now();
    await steps(from, [ours, ...disable(from.target, now.observed)]);
    if (!shared) await copyStopped(move);
    await steps(from, [ours, handOver(from.target, moved)]);
    return stopped;
  } catch (error) {
    const { isBack, note } = await back(move);
    // A machine that was lost in this moment may have handed it over: the copy is needed then.
    const notes = [note, ...(shared || !isBack ? [] : [await clear(move)])];
    throw failure(move, error as Error, notes);
  }
}

/** Starts the jail on the second machine. */
async function arrive(move: Move): Promise<Seen<JailObserved>> {
  const { definition, to, here, there, moved, token } = move;
  const given = { moved, token, left: here.observed };
  const arriving: JailDefinition = {
    ...definition,
    plan: (_, observed) => planArrival(to.target, observed, given),
  };
  const resumed = isElsewhere(move.from.target, here.observed) && !move.shared;
  try {
    // Without a token there, the jail was found well by an earlier run.
    if (resumed && there.observed.move.token !== undefined)
      await steps(to, [takeOver(to.target, there.observed, token)]);
    return await change(to.context, arriving, askResolver(to.target), "present");
  } catch (error) {
    if (move.arrived) throw failure(move, error as Error, [staysThere(move)]);
    // The second machine first: while it may have the jail, the first one must not.
    const note = await clear(move);
    if (note !== undefined) throw failure(move, error as Error, [note, handedOver(move)]);
    throw failure(move, error as Error, [(await back(move)).note]);
  }
}

/** Whether the jail is the first machine's again for certain, and what could not be done, in words. */
interface Back {
  readonly isBack: boolean;
  readonly note?: string;
}

/** The jail is the first machine's again, and runs there as it is declared. */
async function back({ definition, from, here, home, moved, token }: Move): Promise<Back> {
  let isBack = false;
  try {
    await steps(from, [
      stillOurs(from.target, token),
      takeBack(from.target, home, moved.number - 1),
    ]);
    isBack = true;
    await change(from.context, definition, from.target, "present");
    return { isBack };
  } catch (error) {
    const note =
      `It could not be started again on ${here.name}: ${(error as Error).message}\n` +
      "Its data is untouched there. The next pulumi up goes on with the move; with the former host, pulumi up " +
      "--refresh starts it there again.";
    return { isBack, note };
  }
}

/** Nothing of the jail is on the second machine. What could not be done, in words. */
async function clear({ definition, to, there, shared, token }: Move): Promise<string | undefined> {
  const clearing: JailDefinition = {
    ...definition,
    planAbsent: (t, observed) => {
      refuseAnotherRun(observed, token);
      return definition.planAbsent(t, observed);
    },
  };
  try {
    if (shared) {
      const { observed } = await lookAt(to.context, definition, to.target, {});
      refuseAnotherRun(observed, token);
      await steps(to, leaveShared(to.target, observed));
    } else {
      await change(to.context, clearing, to.target, "absent");
    }
    return undefined;
  } catch (error) {
    return `What is on ${there.name} could not be removed: ${(error as Error).message}`;
  }
}

const handedOver = ({ here, there }: Move): string =>
  `The jail was handed over to ${there.name} already and is therefore not started on ${here.name}, where its data is ` +
  "untouched. The next pulumi up goes on with the move.";

const staysThere = ({ here, there }: Move): string =>
  `The jail has been on ${there.name} since an earlier run, and stays there: only it has what was written since. What ` +
  `${here.name} has is as it was when it was handed over. Mend what the error says, and run pulumi up again.`;

function failure({ from, here, there }: Move, cause: Error, notes: (string | undefined)[]): Error {
  const told = notes.filter((note) => note !== undefined);
  const end = told.length === 0 ? [`It is on ${here.name} as before.`] : told;
  const what = `${titleOf(from)} could not be moved from ${here.name} to ${there.name}`;
  return new Error([`${what}: ${cause.message}`, ...end].join("\n"));
}
