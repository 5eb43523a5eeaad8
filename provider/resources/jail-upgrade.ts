/**
 * A jail whose base is another one than that of its tree: upgraded in place, from wherever the last run had come to.
 *
 * First a tree of the new base is built beside, while the jail runs. Then, in one batch and so without a round trip
 * between stop and start: most of the owner's files are copied, the jail is stopped, what changed meanwhile is copied,
 * etc is merged, both trees are swapped, the jail is started and its health is checked. When any of this fails, the
 * same batch takes the old tree back. A kept tree of the wanted base is swapped in at once.
 */
import { carryOver } from "../freebsd/carry-over.js";
import type { Command } from "../freebsd/command.js";
import { rebuildDatabases } from "../freebsd/databases.js";
import { removeFile } from "../freebsd/files.js";
import { mergeBoth } from "../freebsd/merge.js";
import { noteStop, removeWork } from "../freebsd/upgrade.js";
import { joinPlaces } from "../freebsd/widen.js";
import { asItWas, conversionOf, convertedType, refuseConversion } from "./jail-conversion.js";
import { swapLayers } from "./jail-layers.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf } from "./jail-place.js";
import { planStop, planSweep } from "./jail-stop.js";
import { build, copyWhileRunning, startAgain } from "./jail-upgrade-build.js";
import { keptSource, nameKept, refuseLoss } from "./jail-upgrade-kept.js";
import type { SwapJournal } from "./jail-upgrade-picture.js";
import {
  builtLink,
  fresh,
  slotOf,
  swapLink,
  treeOf,
  upgradeOf,
  workOf,
} from "./jail-upgrade-place.js";
import { refuseUpgrade } from "./jail-upgrade-refusals.js";
import { currentTemplate } from "./jail-upgrade-remains.js";
import {
  beginSwap,
  endSwap,
  forget,
  goBack,
  healthOf,
  renameTree,
  restoreOf,
  tidySwap,
} from "./jail-upgrade-steps.js";
import { describeWayBack } from "./jail-upgrade-tell.js";
import type { Plan } from "./resource.js";

/** Seconds that a jail waits for others to be upgraded. */
const slotPatience = 4 * 3600;

/** What the rest of a jail's plan gives to this one. */
export interface Surroundings {
  /** Claims the name and the new template. */
  readonly claim: readonly Command[];
  /** Files, configuration and start, given the picture after the swap. */
  configure(observed: JailObserved): readonly Command[];
}

/** Undefined when the jail's tree is of the wanted base. */
export function planUpgrade(
  t: JailTarget,
  observed: JailObserved,
  around: Surroundings,
): Plan | undefined {
  const { upgrade } = observed;
  const current = currentTemplate(t, observed);
  const wanted = t.inputs.base.templateName;
  const conversion = conversionOf(t, observed);
  refuseLoss(t, upgrade.swap?.source);
  if (upgrade.swap !== undefined) return resume(t, observed, upgrade.swap, around);
  if (!observed.root || (current === wanted && conversion === undefined)) return undefined;
  refuseUpgrade(t, observed, current);
  // Whoever converts a jail wants what it has now; only a thin jail's tree cannot be made of it.
  const copies = conversion === "join" || conversion === "copy";
  const source = copies ? undefined : keptSource(t, upgrade);
  refuseConversion(t, observed, source);
  const names = { to: wanted, from: current, kept: nameKept(upgrade), source: source ?? fresh };
  const journal = { ...names, ...convertedType(t, observed) };
  // A kept tree is taken as it was: whoever goes back wants what worked.
  if (source !== undefined)
    return swap(t, observed, journal, around, { before: [removeWork(workOf(t))], after: [] });
  return upgrade.fresh && upgrade.built === wanted
    ? swap(t, observed, journal, around, carry(t, observed, current))
    : build(t, observed, journal, around.claim);
}

/** What is done to the tree that is swapped in. */
interface Preparation {
  /** While the jail runs. */
  readonly before: readonly Command[];
  /** When it is stopped. */
  readonly after: readonly Command[];
}

/** Brings what is the owner's to the tree beside: most of it while the jail runs, what changed meanwhile after that. */
function carry(t: JailTarget, observed: JailObserved, from: string): Preparation {
  const trees = upgradeOf(t, from);
  const merge = mergeBoth(trees, t.inputs.base.release);
  // Who finds that tree does not know how far it was put together: it is built anew then.
  const joining =
    conversionOf(t, observed) === "join"
      ? [removeFile(builtLink(t)), joinPlaces(treeOf(t, fresh).path, workOf(t))]
      : [];
  return {
    before: copyWhileRunning(t, observed, from),
    after: [carryOver(trees), merge, rebuildDatabases(trees.fresh), ...joining],
  };
}

/** The second round: from the stop to the health check. */
function swap(
  t: JailTarget,
  observed: JailObserved,
  journal: SwapJournal,
  around: Surroundings,
  { before, after }: Preparation,
): Plan {
  const former = asItWas(t, journal.from);
  const runs = observed.running !== undefined;
  const work = workOf(t);
  return withWayBack(t, observed, journal, [
    ...around.claim,
    ...before,
    ...(runs ? [noteStop(work), ...planStop(former, observed)] : planSweep(former, observed)),
    ...after,
    ...beginSwap(t, journal),
    renameTree(t, undefined, journal.kept),
    renameTree(t, journal.source, undefined),
    ...arrive(t, observed, journal, around),
  ]);
}

/** The tree is in its place: the jail is configured and started on it. */
function arrive(
  t: JailTarget,
  observed: JailObserved,
  journal: SwapJournal,
  { configure }: Surroundings,
): Command[] {
  const copied = journal.source === fresh;
  const { layers, commands } = swapLayers(t, observed.layers, journal.from, copied);
  const rest = {
    root: true,
    running: undefined,
    mounts: [],
    files: new Map(),
    layers,
    quota: undefined,
  };
  const configuring = configure({ ...observed, ...rest });
  return [...commands, ...configuring, ...healthOf(t), ...endSwap(t, journal)];
}

/** A swap that an earlier run began: gone on with, or taken back when another base is wanted now. */
function resume(
  t: JailTarget,
  observed: JailObserved,
  journal: SwapJournal,
  around: Surroundings,
): Plan {
  const { upgrade, root } = observed;
  const { to, from, type = t.inputs.type } = journal;
  // The jail was found well: this comes to its end, whatever is wanted now.
  if (journal.well === true || (from !== to && upgrade.tree === to))
    return { locks: locksOf(t), commands: tidySwap(t, journal) };
  if (to !== t.inputs.base.templateName || type !== t.inputs.type) {
    return { locks: locksOf(t), commands: goBack(t, journal, observed) };
  }
  if (root && !upgrade.taken.has(journal.kept)) {
    // Nothing was renamed yet, or all was taken back. The jail may have run since, so that its tree is copied again.
    const commands = [restoreOf(t), ...startAgain(t, observed)];
    const tidying = [...forget(t, journal.kept, journal.from), removeFile(swapLink(t))];
    return { locks: locksOf(t), commands: [...commands, ...tidying] };
  }
  const sweeping = observed.running === undefined ? planSweep(t, observed) : [];
  const renaming = root ? [] : [renameTree(t, journal.source, undefined)];
  const arriving =
    root && observed.running !== undefined
      ? [...around.configure(observed), ...healthOf(t), ...endSwap(t, journal)]
      : arrive(t, observed, journal, around);
  return withWayBack(t, observed, journal, [...sweeping, ...renaming, ...arriving]);
}

function withWayBack(
  t: JailTarget,
  observed: JailObserved,
  journal: SwapJournal,
  commands: readonly Command[],
): Plan {
  return {
    locks: [...locksOf(t), slotOf(t)],
    lockTimeout: slotPatience,
    commands,
    onFailure: goBack(t, journal, observed),
    undone: (after) => describeWayBack(t, observed, journal, after as JailObserved),
  };
}
