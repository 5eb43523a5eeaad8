/**
 * A jail whose base is another one than that of its tree: upgraded in place, from wherever the last run had come to.
 *
 * First a tree of the new base is built beside, while the jail runs. Then, in one batch and so without a round trip
 * between stop and start: most of the owner's files are copied, the jail is stopped, what changed meanwhile is copied,
 * etc is merged, both trees are swapped, the jail is started and its health is checked. When any of this fails, the
 * same batch takes the old tree back. A kept tree of the wanted base is swapped in at once.
 */
import { carryLive, carryOver } from "../freebsd/carry-over.js";
import type { Command } from "../freebsd/command.js";
import { rebuildDatabases } from "../freebsd/databases.js";
import { removeFile, replaceLink } from "../freebsd/files.js";
import { startJail } from "../freebsd/jail.js";
import { confFile } from "../freebsd/layout.js";
import { mergeBoth } from "../freebsd/merge.js";
import { listBases } from "../freebsd/tree-lists.js";
import { noteStop, removeWork } from "../freebsd/upgrade.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf } from "./jail-place.js";
import { refuseForeignMounts } from "./jail-refusals.js";
import { planStop, planSweep } from "./jail-stop.js";
import type { SwapJournal, UpgradeObserved } from "./jail-upgrade-picture.js";
import {
  builtLink,
  fresh,
  keptLink,
  reportFile,
  slotOf,
  swapLink,
  templatePath,
  treeLink,
  upgradeOf,
  workOf,
} from "./jail-upgrade-place.js";
import {
  beginSwap,
  buildFresh,
  endSwap,
  goBack,
  healthOf,
  removeFresh,
  removeKept,
  renameTree,
  templateText,
} from "./jail-upgrade-steps.js";
import { type Plan, Refused } from "./resource.js";
import { deviceOf } from "./thin.js";

/** Seconds that a jail waits for others to be upgraded. */
const slotPatience = 4 * 3600;

/** What the rest of a jail's plan gives to this one. */
export interface Surroundings {
  /** Claims the name and the new template. */
  readonly claim: readonly Command[];
  /** Files, configuration and start, given the picture after the swap. */
  configure(observed: JailObserved): readonly Command[];
}

/** The template that the jail's tree was made from. */
export function currentTemplate(t: JailTarget, { upgrade }: JailObserved): string {
  return upgrade.tree ?? (t.former ?? t.inputs).base.templateName;
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
  if (upgrade.swap !== undefined) return resume(t, observed, upgrade.swap, around);
  if (!observed.root || current === wanted) return undefined;
  refuseUpgrade(t, observed, current);
  const source = [...upgrade.kept].findLast(([, template]) => template === wanted)?.[0];
  const journal = { to: wanted, from: current, kept: nameKept(upgrade), source: source ?? fresh };
  // A kept tree is taken as it was: whoever goes back wants what worked.
  if (source !== undefined)
    return swap(t, observed, journal, around, { before: [removeWork(workOf(t))], after: [] });
  return upgrade.fresh && upgrade.built === wanted
    ? swap(t, observed, journal, around, carry(t, observed, current))
    : build(t, observed, journal, around);
}

/** Trees beside that no upgrade needs any more: one that was not finished, and kept ones beyond their number. */
export function upgradeLeftovers(t: JailTarget, { upgrade }: JailObserved): Command[] {
  const { fresh: there, built, kept } = upgrade;
  const surplus = [...kept].slice(0, Math.max(0, kept.size - t.inputs.keepOld));
  return [
    ...(there || built !== undefined ? [...removeFresh(t), removeWork(workOf(t))] : []),
    ...surplus.flatMap(([suffix, template]) => removeKept(t, suffix, template)),
  ];
}

/** Says which template the jail's tree is of, where an earlier version did not. */
export function noteTree(t: JailTarget, observed: JailObserved): Command[] {
  const { upgrade, root } = observed;
  const wanted = t.inputs.base.templateName;
  const known = upgrade.tree === wanted || upgrade.swap !== undefined;
  if (known || (root && currentTemplate(t, observed) !== wanted)) return [];
  return [replaceLink(templateText(wanted), treeLink(t))];
}

/** All that a jail's upgrades left on its host. */
export function removeUpgrades(t: JailTarget, { upgrade }: JailObserved): Command[] {
  const { kept, swap: journal, tree, built } = upgrade;
  return [
    ...(upgrade.fresh || built !== undefined ? removeFresh(t) : []),
    ...[...kept].flatMap(([suffix, template]) => removeKept(t, suffix, template)),
    ...(upgrade.report === undefined ? [] : [removeFile(reportFile(t))]),
    ...(journal === undefined ? [] : [removeFile(swapLink(t))]),
    ...(tree === undefined ? [] : [removeFile(treeLink(t))]),
    removeWork(workOf(t)),
  ];
}

function nameKept({ today, taken, kept }: UpgradeObserved): string {
  const names = [today, ...Array.from({ length: 1000 }, (_, i) => `${today}-${i + 2}`)];
  return names.find((name) => !taken.has(name) && !kept.has(name)) ?? `${today}-1002`;
}

function refuseUpgrade(t: JailTarget, observed: JailObserved, current: string): void {
  refuseForeignMounts(observed);
  if (deviceOf(t.inputs) !== undefined) {
    throw new Refused(
      "upgrading a thin jail whose read-write part is a device is not supported: there is no place beside it to go " +
        "back to. Declare another jail on the new base and move the data there.",
    );
  }
  if (!observed.upgrade.oldTemplate) {
    throw new Refused(
      `the base ${templatePath(t, current)} that the jail was made from is not on the host any more: without it, what ` +
        "the owner changed cannot be told. Declare a BaseRelease of that release again, and upgrade then.",
    );
  }
}

/** The jail as it was declared on the base that it has: how it is stopped. */
function asItWas(t: JailTarget, current: string): JailTarget {
  const former = t.former?.base;
  const base =
    former?.templateName === current
      ? former
      : { ...t.inputs.base, templateName: current, path: templatePath(t, current) };
  return { ...t, inputs: { ...(t.former ?? t.inputs), base } };
}

/** The first round: a tree beside, with most of what it is to have. Nobody waits for it. */
function build(
  t: JailTarget,
  observed: JailObserved,
  { to, from }: SwapJournal,
  { claim }: Surroundings,
): Plan {
  const there = observed.upgrade.fresh || observed.upgrade.built !== undefined;
  const clean = [...removeFresh(t), removeWork(workOf(t))];
  const commands = [
    ...claim,
    // A run that died after the stop left the jail stopped: it runs while the tree is built anew.
    ...(there ? [...startAgain(t, observed), ...removeFresh(t)] : []),
    ...buildFresh(t),
    ...copyWhileRunning(t, observed, from),
    replaceLink(templateText(to), builtLink(t)),
  ];
  return { locks: locksOf(t), commands, onFailure: clean };
}

function startAgain(t: JailTarget, { running, conf }: JailObserved): Command[] {
  const { name } = t.inputs;
  const ran = running === undefined && conf !== undefined && t.former?.running === true;
  return ran ? [startJail(confFile(name), name)] : [];
}

function copyWhileRunning(t: JailTarget, { running }: JailObserved, from: string): Command[] {
  const trees = upgradeOf(t, from);
  return [listBases(trees), ...(running === undefined ? [] : [carryLive(trees)])];
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
  return {
    before: copyWhileRunning(t, observed, from),
    after: [carryOver(trees), merge, rebuildDatabases(trees.fresh)],
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
  const after = { ...observed, root: true, running: undefined, mounts: [], files: new Map() };
  return [...configure(after), ...healthOf(t), ...endSwap(t, journal)];
}

/** A swap that an earlier run began: gone on with, or taken back when another base is wanted now. */
function resume(
  t: JailTarget,
  observed: JailObserved,
  journal: SwapJournal,
  around: Surroundings,
): Plan {
  const { upgrade, root } = observed;
  const waiting = journal.source === fresh ? upgrade.fresh : upgrade.taken.has(journal.source);
  if (journal.to !== t.inputs.base.templateName) {
    return { locks: locksOf(t), commands: goBack(t, journal, observed) };
  }
  if (root && waiting) {
    // Nothing was renamed yet. The jail may have run since, so that its tree is copied again.
    const commands = [...startAgain(t, observed), removeFile(keptLink(t, journal.kept))];
    return { locks: locksOf(t), commands: [...commands, removeFile(swapLink(t))] };
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
    undone: `The jail was taken back to ${journal.from}, as it was before.`,
  };
}

/** What a change did to a jail's tree, for the user. */
export function tellUpgrade(
  { inputs }: JailTarget,
  before: JailObserved,
  after: JailObserved,
): string[] {
  const { report } = after.upgrade;
  if (report === undefined || after.upgrade.swap !== undefined) return [];
  if (before.upgrade.tree === after.upgrade.tree && before.upgrade.swap === undefined) return [];
  const { from, to, seconds, kept, conflicts } = report;
  const parts = [
    `${inputs.name}: upgraded from ${from} to ${to}`,
    ...(seconds === undefined ? [] : [`down for ${seconds} s`]),
    ...(kept === "" ? [] : [`old tree kept as ${kept}`]),
    ...(conflicts.length === 0 ? [] : [`not merged: ${conflicts.join(", ")}`]),
  ];
  return [parts.join(", ")];
}
