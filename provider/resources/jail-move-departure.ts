/** The end of a move: what stays on the machine that the jail left, and what the user is told. */
import { removeFile } from "../freebsd/files.js";
import type { Seen } from "./context.js";
import { change } from "./engine.js";
import { isElsewhere, tokenLink } from "./jail-move-picture.js";
import { leaveShared, planDeparture } from "./jail-move-plans.js";
import type { JailDefinition, Move } from "./jail-move-survey.js";
import { type JailSide, steps, titleOf } from "./jail-move-transfer.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { nameKept } from "./jail-upgrade-kept.js";
import { lookAt } from "./look.js";
import { Refused } from "./resource.js";

/** The jail runs on the second machine: nothing of it stays on the first. */
export async function depart(
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
    planAbsent: (t, observed) => {
      refuseReturned(t, observed);
      return planDeparture(t, observed, keepAs);
    },
  };
  try {
    const leaving = asDeparting(from.target);
    if (move?.shared !== true) await change(from.context, departing, leaving, "absent");
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

/** What is declared for a deletion is not for a move. */
export const asDeparting = (t: JailTarget): JailTarget => ({
  ...t,
  inputs: { ...t.inputs, archiveOnDelete: false, forceDelete: false },
});

async function departShared({ definition, from }: Move): Promise<void> {
  const { observed } = await lookAt(from.context, definition, from.target, {});
  refuseReturned(from.target, observed);
  const own = leaveShared(from.target, { ...observed, mounts: [] });
  await steps(from, [...own, removeFile(tokenLink(from.target))]);
}

/** A run that slept must not remove what another one has brought back since. */
function refuseReturned(t: JailTarget, observed: JailObserved): void {
  if (observed.mark !== undefined && !isElsewhere(t, observed))
    throw new Refused("the jail is on this machine again: another run brought it back");
}

export function tellMove({ from, to, here, there }: Move, seconds: number): void {
  const { report = console.log } = from.context;
  const { name, keepOld, running } = to.target.inputs;
  const down = running ? `, down for ${seconds} s` : "";
  const kept =
    keepOld === 0 ? "" : `, its old tree kept there as ${name}.${nameKept(here.observed.upgrade)}`;
  report(`${name}: moved from ${here.name} to ${there.name}${down}${kept}`);
}
