/** The steps of a change of name: everything renamed, the old name given up, and the way back. */
import type { Command } from "../freebsd/command.js";
import { makeLink, rename } from "../freebsd/files.js";
import { confFile, containersDirectory, fstabFile, stateDirectory } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import {
  dropRenamed,
  endRename,
  type Journal,
  releaseRenamed,
  renameJail,
  startRenamed,
  stopRenamed,
} from "../freebsd/rename.js";
import { removeFromJailList } from "../freebsd/sysrc.js";
import { sweepStopped } from "../freebsd/upgrade.js";
import { removeLimits } from "./jail-limits.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf, placeOf } from "./jail-place.js";
import { releaseUnion } from "./jail-record.js";
import {
  claimOf,
  journalLink,
  journalOf,
  named,
  type RenameJournal,
} from "./jail-rename-picture.js";
import { isOurs } from "./ownership.js";
import { deviceOf, imageOf, ownTree } from "./thin.js";

/** The journal with the link of the new name. */
export const keyOf = (t: JailTarget, journal: RenameJournal): Journal => ({
  link: journalLink(t, journal),
  claim: claimOf(t, journal.to),
});

export function renameAll(
  { storage }: JailTarget,
  { from, to }: RenameJournal,
  key: Journal,
): Command {
  const dataset = storage.dataset === undefined ? undefined : `${storage.dataset}/containers`;
  const places = { containers: containersDirectory(storage), state: stateDirectory(storage) };
  return renameJail(key, { ...places, dataset }, from, to);
}

const filesOf = ({ storage }: JailTarget, name: string): string[] => [
  ...[confFile(name), fstabFile(storage, name)].flatMap((file) => [file, `${file}.new`]),
];

/** The jail was found well: from here on there is no way back. */
export function finish(
  t: JailTarget,
  observed: JailObserved,
  journal: RenameJournal,
  boot: readonly Command[],
): Command[] {
  const done = { ...journal, stage: "renamed" } as const;
  return [rename(journalLink(t, journal), journalLink(t, done)), ...tidy(t, observed, done, boot)];
}

/** Nothing has the old name any more, unless somebody else took it meanwhile. */
export function tidy(
  t: JailTarget,
  { boot: { list }, neighbours, former }: JailObserved,
  done: RenameJournal,
  boot: readonly Command[],
): Command[] {
  const key = { link: journalLink(t, done), claim: claimOf(t, done.from) };
  const holder = neighbours.get(done.from);
  const ours = holder === undefined || isOurs(holder, t);
  return [
    ...boot,
    ...(ours && list.includes(done.from) ? [removeFromJailList(done.from)] : []),
    ...(ours && former !== undefined ? removeLimits(named(t, done.from), former) : []),
    dropRenamed(key, filesOf(t, done.from)),
    endRename(key),
  ];
}

/** Stops what runs by one of both names, and takes away what is mounted in its tree. */
export const stopAt = (t: JailTarget, journal: RenameJournal, name: string): Command[] => [
  stopRenamed(keyOf(t, journal), confFile(name), name),
  ...sweepAt(t, journal, name),
];

/** What is mounted in the tree of that name goes where no jail runs in it: a stop that died leaves it. */
function sweepAt(t: JailTarget, journal: RenameJournal, name: string): Command[] {
  const key = keyOf(t, journal);
  const at = named(t, name);
  const device = deviceOf(at.inputs);
  const image = imageOf(at.inputs, t.storage);
  const directory = ownTree(at.inputs, t.storage);
  return [
    sweepStopped(name, placeOf(at).path),
    ...(device === undefined ? [] : [releaseRenamed(key, name, { device, directory, image })]),
  ];
}

/** The way back, from wherever it had come to: each step looks whether there is something to do. */
export function goBack(
  t: JailTarget,
  observed: JailObserved,
  journal: RenameJournal,
  { start }: { start: boolean },
): Command[] {
  const { from, to, stage } = journal;
  const key = keyOf(t, journal);
  const seen = t.inputs.name === from ? observed : observed.former;
  const listed = stage === "renamed" && observed.boot.list.includes(to);
  return [
    ...(stage === "renamed" && seen?.link === undefined
      ? [makeLink(formatMark(t.mark), claimOf(t, from))]
      : []),
    ...(listed ? [removeFromJailList(to)] : []),
    ...stopAt(t, journal, to),
    ...sweepAt(t, journal, from),
    ...[from, to].flatMap((name) => releaseUnion(named(t, name), withRecord(observed))),
    { ...renameAll(t, { ...journal, from: to, to: from }, key), gate: true },
    dropRenamed(key, filesOf(t, to)),
    ...(start ? [startRenamed(key, confFile(from), from)] : []),
    endRename(key),
  ];
}

/** What was recorded goes by either name while that changes. */
const withRecord = (observed: JailObserved): JailObserved => {
  const { record, former } = observed;
  const recorded = record.recorded || former?.record.recorded === true;
  return { ...observed, record: { ...record, recorded } };
};

export const locksFor = (t: JailTarget, { from, to }: RenameJournal): string[] =>
  [...new Set([from, to, t.inputs.name].sort())].flatMap((name) => locksOf(named(t, name)));

/** Whether the way back came to its end is seen on the host, and not taken for granted. */
export function describeWayBack(
  t: JailTarget,
  { from, to }: RenameJournal,
  before: JailObserved,
  after: JailObserved,
): string {
  const { former } = after;
  const runs = former?.running !== undefined || before.running === undefined;
  if (journalOf(after) === undefined && former?.root === true && runs)
    return `The jail has its old name ${from} again, and is as it was.`;
  if (journalOf(after)?.stage === "renamed")
    return `The jail is ${to} now; what is left of the name ${from} goes with the next pulumi up.`;
  return (
    `The jail was not completely given its old name ${from} back: run pulumi up again, or look at it with ` +
    `jail -vf ${confFile(from)} -c ${from} (its tree: ${placeOf(named(t, from)).path}).`
  );
}
