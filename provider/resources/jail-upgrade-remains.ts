/** What upgrades leave on a host: which base the tree is of, kept trees, and what a run did not finish. */
import type { Command } from "../freebsd/command.js";
import { removeFile, replaceLink } from "../freebsd/files.js";
import { removeWork } from "../freebsd/upgrade.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { reportFile, swapLink, treeLink, workOf } from "./jail-upgrade-place.js";
import { leaveTemplate, removeFresh, removeKept, templateText } from "./jail-upgrade-steps.js";

/** The template that the jail's tree was made from. */
export function currentTemplate(t: JailTarget, { upgrade }: JailObserved): string {
  return upgrade.tree ?? (t.former ?? t.inputs).base.templateName;
}

/** Trees beside that no upgrade needs any more: one that was not finished, and kept ones beyond their number. */
export function upgradeLeftovers(t: JailTarget, { upgrade }: JailObserved): Command[] {
  const { fresh: there, built, kept, condemned } = upgrade;
  const surplus = [...kept].slice(0, Math.max(0, kept.size - t.inputs.keepOld));
  return [
    ...(there || built !== undefined ? [removeWork(workOf(t)), ...removeFresh(t)] : []),
    ...[...condemned, ...surplus].flatMap(([suffix, template]) => removeKept(t, suffix, template)),
    ...upgrade.uses
      .filter((template) => template !== t.inputs.base.templateName)
      .flatMap((template) => leaveTemplate(t, template)),
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
  const { kept, condemned, swap: journal, tree, built } = upgrade;
  return [
    ...(upgrade.fresh || built !== undefined ? removeFresh(t) : []),
    ...[...condemned, ...kept].flatMap(([suffix, template]) => removeKept(t, suffix, template)),
    ...(upgrade.report === undefined ? [] : [removeFile(reportFile(t))]),
    ...(journal === undefined ? [] : [removeFile(swapLink(t))]),
    ...(tree === undefined ? [] : [removeFile(treeLink(t))]),
    removeWork(workOf(t)),
    ...upgrade.uses.flatMap((template) => leaveTemplate(t, template)),
  ];
}
