/**
 * A jail gets another name, in one batch and so without a round trip between stop and start: the new name is claimed,
 * the jail is stopped, everything that has its name is renamed, and it is configured and started by the new one. When
 * any of this fails, the same batch gives it its old name back; a run that died is taken back by the next one, which
 * then begins anew. What has the old name goes last, when the jail was found well.
 */
import type { Command } from "../freebsd/command.js";
import { makeLink, removeTree, replaceLink } from "../freebsd/files.js";
import { formatMark } from "../freebsd/mark.js";
import { layerLeftovers } from "./jail-layers-remains.js";
import { moveLeftovers } from "./jail-move-remains.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, markLink, placeOf } from "./jail-place.js";
import {
  formerTarget,
  hasFormerName,
  journalLink,
  journalOf,
  type RenameJournal,
  renamedPicture,
  withTree,
} from "./jail-rename-picture.js";
import { refuseRename } from "./jail-rename-refusals.js";
import {
  describeWayBack,
  finish,
  goBack,
  keyOf,
  locksFor,
  renameAll,
  stopAt,
  tidy,
} from "./jail-rename-steps.js";
import { planStop, planSweep, removePartial } from "./jail-stop.js";
import { currentTemplate, upgradeLeftovers } from "./jail-upgrade-remains.js";
import { healthOf } from "./jail-upgrade-steps.js";
import type { Plan } from "./resource.js";

/** What the rest of a jail's plan gives to this one. */
export interface Rest {
  /** All that is missing, given the picture after everything was renamed. */
  plan(t: JailTarget, observed: JailObserved): Plan;
  boot(t: JailTarget, observed: JailObserved): readonly Command[];
}

/** Undefined when nothing of the jail has another name than the declared one. */
export function planRename(t: JailTarget, observed: JailObserved, rest: Rest): Plan | undefined {
  const journal = journalOf(observed);
  if (journal !== undefined) return resume(t, observed, journal, rest.boot(t, observed));
  const old = formerTarget(t);
  const { former } = observed;
  if (old === undefined || former === undefined || !hasFormerName(t, observed)) return undefined;
  refuseRename(t, observed, old, former);
  return begin(t, observed, { old, former }, rest);
}

/** A deletion first gives the jail its name: what has which one is known then. */
export function planUnrename(t: JailTarget, observed: JailObserved): Plan | undefined {
  const journal = journalOf(observed);
  return journal && resume(t, observed, journal, [], { start: false });
}

interface Former {
  readonly old: JailTarget;
  readonly former: JailObserved;
}

function begin(t: JailTarget, observed: JailObserved, { old, former }: Former, rest: Rest): Plan {
  const mark = formatMark(t.mark);
  const journal = { stage: "renaming", from: old.inputs.name, to: t.inputs.name } as const;
  const asIs = withTree(t, old, former);
  const after = rest.plan(asIs, renamedPicture(t, observed, old, former));
  const runs = former.running !== undefined;
  const start = runs || old.inputs.running;
  return {
    ...after,
    locks: [...new Set([...locksFor(t, journal), ...after.locks])],
    commands: [
      ...tidyFormer(old, former),
      ...(former.link === mark ? [] : [replaceLink(mark, markLink(old))]),
      makeLink(mark, journalLink(t, journal)),
      ...(observed.link === mark ? [] : [makeLink(mark, markLink(t))]),
      ...(runs ? planStop(old, former) : planSweep(old, former)),
      renameAll(t, journal, keyOf(t, journal)),
      ...after.commands,
      ...healthOf(asIs),
      ...finish(t, observed, journal, rest.boot(t, observed)),
    ],
    onFailure: goBack(t, observed, journal, { start }),
    undone: (seen) => describeWayBack(t, journal, former, seen as JailObserved),
  };
}

/** What earlier runs left of other changes: none of it is needed, and it goes while the jail runs. */
const tidyFormer = (old: JailTarget, former: JailObserved): Command[] => [
  ...moveLeftovers(old, former),
  ...upgradeLeftovers(old, former),
  ...layerLeftovers(old, former, currentTemplate(old, former)),
  ...(former.partial ? removePartial(old) : []),
  ...(former.deleted ? [removeTree(placeOf(old).deleted)] : []),
];

/** A change of name that a run did not finish. */
function resume(
  t: JailTarget,
  observed: JailObserved,
  journal: RenameJournal,
  boot: readonly Command[],
  { start }: { start: boolean } = { start: (t.former ?? t.inputs).running },
): Plan {
  const { from, to, stage } = journal;
  const { name } = t.inputs;
  const locks = locksFor(t, journal);
  if (name === to && stage === "renamed")
    return { locks, commands: tidy(t, observed, journal, boot) };
  // Nobody knows the old name any more.
  if (name === to && t.former?.name !== from) {
    const key = keyOf(t, journal);
    const forward = [...stopAt(t, journal, from), renameAll(t, journal, key)];
    return { locks, commands: [...forward, ...finish(t, observed, journal, boot)] };
  }
  return { locks, commands: goBack(t, observed, journal, { start }) };
}
