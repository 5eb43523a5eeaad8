/**
 * A jail that records: a unionfs over its tree, mounted by its fstab, collects in the directory `<jail>.recorded` beside
 * it what changes. When it records no more, that is put into the tree, and kept as `<jail>.merged`.
 */
import type { Command } from "../freebsd/command.js";
import { readLink, removeFile, removeTree, rename, replaceLink } from "../freebsd/files.js";
import { place, type Storage } from "../freebsd/layout.js";
import type { FstabLine, MountEntry } from "../freebsd/mount.js";
import {
  dropUnion,
  makeRecorded,
  mergeLists,
  mergeRecorded,
  mountUnion,
  type Recording,
  unionOptions,
} from "../freebsd/record.js";
import { filesDigest } from "./jail-contents.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { Refused } from "./resource.js";

type Declared = Pick<JailInputs, "name" | "type" | "record" | "base">;

/** What is there of it. */
export interface RecordObserved {
  /** Changes that are not in the tree yet. */
  readonly recorded: boolean;
  /** Those that were put into it. */
  readonly merged: boolean;
  /** Type of the file system that the tree is on; only known before recording begins. */
  readonly fileSystem: string | undefined;
}

/**
 * Whether a union is what records. ZFS keeps no whiteouts, so that nothing could be removed; thin and image jails have
 * mounts of their own in the place of their root. Their packages come from a comparison, as all others.
 */
export const recordsByUnion = ({ type, record, base }: Declared, { dataset }: Storage): boolean =>
  record && type === "thick" && dataset === undefined && base.distribution === undefined;

export const recordedPath = (name: string, storage: Storage): string =>
  `${place(storage, "containers", name).path}.recorded`;
const mergedPath = (t: JailTarget): string => `${placeOf(t).path}.merged`;

/** What to look for. */
export const recordPaths = (t: JailTarget): string[] => [
  recordedPath(t.inputs.name, t.storage),
  mergedPath(t),
];

/** Remembers which files were written while they could not be seen, as for a device. */
const writtenLink = (t: JailTarget): string => `${recordedPath(t.inputs.name, t.storage)}.files`;

export const observeRecord = (t: JailTarget): Record<string, Command> =>
  recordsByUnion(t.inputs, t.storage) ? { written: readLink(writtenLink(t)) } : {};

const recordingOf = ({ inputs: { name }, storage }: JailTarget): Recording => ({
  jail: name,
  tree: place(storage, "containers", name).path,
  recorded: recordedPath(name, storage),
});

/** The first line of the jail's fstab. */
export function recordFstab(inputs: Declared, storage: Storage): FstabLine[] {
  if (!recordsByUnion(inputs, storage)) return [];
  const on = place(storage, "containers", inputs.name).path;
  const from = recordedPath(inputs.name, storage);
  return [{ from, on, type: "unionfs", options: unionOptions }];
}

export const isUnion = (t: JailTarget, { from, on, type }: MountEntry): boolean =>
  type === "unionfs" && on === placeOf(t).path && from === recordedPath(t.inputs.name, t.storage);

const seesUnion = (t: JailTarget, { mounts }: JailObserved): boolean =>
  mounts.some((mount) => isUnion(t, mount));

/** Whether what the jail records is to be put into its tree. */
export const isToMerge = (t: JailTarget, { record }: JailObserved): boolean =>
  record.recorded && !recordsByUnion(t.inputs, t.storage);

/** Unmounts the union where a stop, a crash or a failure left it. */
export const releaseUnion = (t: JailTarget, observed: JailObserved): Command[] =>
  observed.record.recorded || recordsByUnion(t.inputs, t.storage) || seesUnion(t, observed)
    ? [dropUnion(recordingOf(t))]
    : [];

/**
 * Puts what was recorded into the tree of the stopped jail. Under its new name no jail mounts it any more, which may be
 * started with it at every moment before.
 */
export function planMerge(t: JailTarget, observed: JailObserved): Command[] {
  if (!isToMerge(t, observed)) return [];
  const old = observed.record.merged ? [removeTree(mergedPath(t))] : [];
  const recording = recordingOf(t);
  return [
    ...old,
    removeFile(writtenLink(t)),
    mergeRecorded(recording),
    rename(recording.recorded, mergedPath(t)),
  ];
}

/** Runs what writes to the tree of a stopped jail while it is recorded; makes the place for it. */
export function withUnion(
  t: JailTarget,
  observed: JailObserved,
  commands: readonly Command[],
): Command[] {
  if (!recordsByUnion(t.inputs, t.storage)) return [...commands];
  const { recorded, merged } = observed.record;
  const recording = recordingOf(t);
  const making = [
    ...(merged ? [removeTree(mergedPath(t))] : []),
    ...(recorded ? [] : [makeRecorded(recording)]),
  ];
  if (commands.length === 0) return making;
  return [
    ...making,
    mountUnion(recording),
    ...commands,
    replaceLink(filesDigest(t.inputs, observed), writtenLink(t)),
    dropUnion(recording),
  ];
}

/** All that recording left on the host. */
export function removeRecorded(t: JailTarget, { record }: JailObserved): Command[] {
  if (!record.recorded && !record.merged) return [];
  const { recorded } = recordingOf(t);
  const trees = [recorded, mergedPath(t), mergeLists(recorded)];
  return [removeFile(writtenLink(t)), ...trees.map(removeTree)];
}

/** Told before the jail is stopped: without whiteouts nothing that the tree has could be removed or renamed. */
export function refuseRecording(t: JailTarget, { record }: JailObserved): void {
  const { fileSystem, recorded } = record;
  if (!recordsByUnion(t.inputs, t.storage) || recorded || fileSystem === undefined) return;
  if (fileSystem === "ufs" || fileSystem === "tmpfs") return;
  throw new Refused(
    `record: ${t.storage.root} is on ${fileSystem}, which cannot keep what a union takes away (whiteouts); UFS can. ` +
      "Leave record out: a JailPackage of the jail is then made by a comparison with its base, and holds the same.",
  );
}

/** What takes the tree apart from what was recorded over it. */
export function refuseWhileRecording({ record }: JailObserved, what: string): void {
  if (!record.recorded) return;
  throw new Refused(
    `the jail records, and ${what} takes only its tree: set record: false and let pulumi up put what was recorded into ` +
      `the tree; ${what} can follow then.`,
  );
}

/** Whether the jail records as declared. */
export function driftedRecord(t: JailTarget, observed: JailObserved): { record?: boolean } {
  const { recorded } = observed.record;
  if (!recordsByUnion(t.inputs, t.storage)) return recorded ? { record: true } : {};
  const lost = !recorded || (observed.running !== undefined && !seesUnion(t, observed));
  return lost ? { record: false } : {};
}
