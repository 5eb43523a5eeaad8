/** The parts of an upgrade: a tree built beside, the swap of both, the way back, and what is done at the end. */
import type { Command } from "../freebsd/command.js";
import {
  makeDirectory,
  makeLink,
  removeFile,
  removeTree,
  rename,
  replaceLink,
} from "../freebsd/files.js";
import { checkHealth } from "../freebsd/health.js";
import { confFile, fstabFile, usersDirectory } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { dropTemplate } from "../freebsd/template.js";
import {
  noteUpgrade,
  removeWork,
  renameBusy,
  restoreConfiguration,
  saveConfiguration,
  startStopped,
  stopSwapped,
  swapBack,
  swapDatasetsBack,
  sweepStopped,
} from "../freebsd/upgrade.js";
import { destroyDataset } from "../freebsd/zfs.js";
import { typeOfTree } from "./jail-conversion.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf, userLink } from "./jail-place.js";
import { formatSwap, type SwapJournal } from "./jail-upgrade-picture.js";
import {
  builtLink,
  fresh,
  keptLink,
  keptUser,
  reportFile,
  swapLink,
  treeLink,
  treeOf,
  workOf,
} from "./jail-upgrade-place.js";

export const templateText = (name: string): string => `template:${name}`;

/** Removes a tree that is beside the jail's. */
export function removeBeside(t: JailTarget, suffix: string): Command {
  const { path, dataset } = treeOf(t, suffix);
  return dataset === undefined ? removeTree(path) : destroyDataset(dataset);
}

/** Removes what a run left of a tree that it built. */
export const removeFresh = (t: JailTarget): Command[] => [
  removeFile(builtLink(t)),
  removeBeside(t, fresh),
];

const configurationOf = ({ storage, inputs: { name } }: JailTarget): string[] => [
  confFile(name),
  fstabFile(storage, name),
];

/** Says what is about to be swapped, and makes the tree that is kept a user of its template. */
export function beginSwap(t: JailTarget, journal: SwapJournal): Command[] {
  const users = usersDirectory(t.storage, journal.from);
  return [
    saveConfiguration(workOf(t), configurationOf(t)),
    makeLink(formatSwap(journal), swapLink(t)),
    makeDirectory(users),
    replaceLink(formatMark(t.mark), keptUser(t, journal.from, journal.kept)),
    replaceLink(keptText(t, journal), keptLink(t, journal.kept)),
  ];
}

const keptText = (t: JailTarget, { from, type }: SwapJournal): string =>
  templateText(from) + (type === undefined ? "" : `:${typeOfTree(t, from)}`);

export function renameTree(t: JailTarget, from: string | undefined, to: string | undefined) {
  const own = placeOf(t);
  const [a, b] = [from, to].map((suffix) => (suffix === undefined ? own : treeOf(t, suffix)));
  return a!.dataset === undefined || b!.dataset === undefined
    ? rename(a!.path, b!.path)
    : renameBusy(a!.dataset, b!.dataset);
}

export function healthOf({ inputs }: JailTarget): Command[] {
  const { healthCheck, name, running } = inputs;
  return healthCheck === undefined || !running ? [] : [checkHealth(name, healthCheck)];
}

/** The jail is well: what its tree is of is written down, and what the swap needed goes. */
export function endSwap(t: JailTarget, journal: SwapJournal): Command[] {
  const { name, keepOld } = t.inputs;
  const kept = keepOld === 0 ? "" : `${name}.${journal.kept}`;
  const { from, to, type } = journal;
  const names =
    type === undefined ? [from, to] : [`${from} (${typeOfTree(t, from)})`, `${to} (${type})`];
  return [
    noteUpgrade(workOf(t), reportFile(t), [...names, kept]),
    // From here on there is no way back.
    from === to
      ? replaceLink(formatSwap({ ...journal, well: true }), swapLink(t))
      : replaceLink(templateText(to), treeLink(t)),
    ...tidySwap(t, journal),
  ];
}

/** What is left to do when the jail's tree is noted to be of the new base: there is no way back from here. */
export function tidySwap(t: JailTarget, journal: SwapJournal): Command[] {
  return [
    ...(journal.from === journal.to ? [] : [removeFile(userOf(t, journal.from))]),
    ...(journal.source === fresh ? [] : forget(t, journal.source, journal.to)),
    removeWork(workOf(t)),
    removeFile(builtLink(t)),
    removeFile(swapLink(t)),
  ];
}

/** The jail's tree is not of that template, or not any more. */
export const leaveTemplate = (t: JailTarget, template: string): Command[] => [
  removeFile(userOf(t, template)),
  dropTemplate(t.storage, template),
];

/** A tree that is kept no more uses its template no more. */
export const forget = (t: JailTarget, suffix: string, template: string): Command[] => [
  removeFile(keptUser(t, template, suffix)),
  removeFile(keptLink(t, suffix)),
];

/** Removes a kept tree. Its link says so first: nobody goes back to one that is half-removed. */
export const removeKept = (t: JailTarget, suffix: string, template: string): Command[] => [
  replaceLink(`removed:${template}`, keptLink(t, suffix)),
  removeBeside(t, suffix),
  removeFile(keptUser(t, template, suffix)),
  dropTemplate(t.storage, template),
  removeFile(keptLink(t, suffix)),
];

/** The jail's files as they were before the swap. */
export const restoreOf = (t: JailTarget): Command =>
  restoreConfiguration(swapLink(t), workOf(t), configurationOf(t));

/** The way back, from wherever the upgrade had come to: each step looks whether there is something to do. */
export function goBack(t: JailTarget, journal: SwapJournal, observed: JailObserved): Command[] {
  const { name } = t.inputs;
  const { path, dataset } = placeOf(t);
  const [kept, source] = [treeOf(t, journal.kept), treeOf(t, journal.source)];
  const back =
    dataset === undefined
      ? swapBack(swapLink(t), { path, kept: kept.path, source: source.path })
      : swapDatasetsBack(swapLink(t), {
          ...{ path: dataset, kept: kept.dataset!, source: source.dataset! },
        });
  const file = confFile(name);
  const runs = observed.running !== undefined || (t.former ?? t.inputs).running;
  return [
    stopSwapped(swapLink(t), file, name),
    sweepStopped(name, path),
    // A tree that is not back has its data by its other name: what tells of that stays.
    { ...back, gate: true },
    restoreOf(t),
    ...(runs ? [startStopped(file, name)] : []),
    replaceLink(templateText(journal.from), treeLink(t)),
    ...(journal.source === fresh ? removeFresh(t) : []),
    ...forget(t, journal.kept, journal.from),
    ...(journal.to === journal.from ? [] : [removeFile(userOf(t, journal.to))]),
    replaceLink(formatMark(t.mark), userOf(t, journal.from)),
    removeFile(swapLink(t)),
    removeWork(workOf(t)),
  ];
}

const userOf = (t: JailTarget, template: string): string =>
  template === t.inputs.base.templateName
    ? userLink(t)
    : `${usersDirectory(t.storage, template)}/${t.mark.id}`;
