/** The tree beside: made, and filled, while the jail runs. */
import { carryLive } from "../freebsd/carry-over.js";
import { act, type Command } from "../freebsd/command.js";
import { copyTree, replaceLink } from "../freebsd/files.js";
import { startJail } from "../freebsd/jail.js";
import { confFile } from "../freebsd/layout.js";
import { formatMark, markProperty } from "../freebsd/mark.js";
import { listBases } from "../freebsd/tree-lists.js";
import { removeWork } from "../freebsd/upgrade.js";
import { splitPlacesOf } from "../freebsd/widen.js";
import { cloneSnapshot, createDataset } from "../freebsd/zfs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf } from "./jail-place.js";
import type { SwapJournal } from "./jail-upgrade-picture.js";
import { builtLink, fresh, isSplit, treeOf, upgradeOf, workOf } from "./jail-upgrade-place.js";
import { removeFresh, templateText } from "./jail-upgrade-steps.js";
import type { Plan } from "./resource.js";
import { baseSnapshot } from "./template.js";

/** The first round: a tree beside, with most of what it is to have. Nobody waits for it. */
export function build(
  t: JailTarget,
  observed: JailObserved,
  { to, from }: SwapJournal,
  claim: readonly Command[],
): Plan {
  const there = observed.upgrade.fresh || observed.upgrade.built !== undefined;
  const clean = [removeWork(workOf(t)), ...removeFresh(t)];
  const commands = [
    ...claim,
    // A run that died after the stop left the jail stopped: it runs while the tree is built anew.
    ...(there ? [...startAgain(t, observed), ...removeFresh(t)] : []),
    ...buildFresh(t, from),
    ...copyWhileRunning(t, observed, from),
    replaceLink(templateText(to), builtLink(t)),
  ];
  return { locks: locksOf(t), commands, onFailure: clean };
}

/** Starts a jail that a run stopped before it died. */
export function startAgain(t: JailTarget, { running, conf }: JailObserved): Command[] {
  const { name } = t.inputs;
  const ran = running === undefined && conf !== undefined && t.former?.running === true;
  return ran ? [startJail(confFile(name), name)] : [];
}

/** Most of what is the owner's: what is left to copy when the jail is stopped is little. */
export function copyWhileRunning(
  t: JailTarget,
  { running }: JailObserved,
  from: string,
): Command[] {
  const trees = upgradeOf(t, from);
  return [listBases(trees), ...(running === undefined ? [] : [carryLive(trees)])];
}

/** A tree made of the new base; split for what it is to get where the jail was a thin one. */
function buildFresh(t: JailTarget, current: string): Command[] {
  const joined = isSplit(t, current) && t.inputs.type !== "thin";
  return [...copyBase(t), ...(joined ? [splitPlacesOf(treeOf(t, fresh).path)] : [])];
}

function copyBase(t: JailTarget): Command[] {
  const { type, base } = t.inputs;
  const { path, dataset } = treeOf(t, fresh);
  const { base: from, fresh: to } = upgradeOf(t, base.templateName);
  const mark = formatMark(t.mark);
  if (type === "clone" && dataset !== undefined && base.dataset !== undefined) {
    return [cloneSnapshot(baseSnapshot(base.dataset), dataset, mark)];
  }
  return [
    dataset === undefined
      ? act(["mkdir", path])
      : createDataset(dataset, [`${markProperty}=${mark}`]),
    ...(type === "thin" ? [act(["mkdir", `${path}/root`, `${path}/skeleton`])] : []),
    copyTree(from, to),
  ];
}
