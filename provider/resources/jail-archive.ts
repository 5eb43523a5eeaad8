/**
 * What a deleted jail had, in one archive on its host: tar.xz for every type and file system, so that each of them can
 * be unpacked on any other. It is made when the jail is stopped and before anything of it is removed; what removes a
 * tree, a dataset or an image takes its name away at once, so that what still has it is whole.
 */
import { abandonArchive, listArchives, makeArchive } from "../freebsd/archive.js";
import type { Command } from "../freebsd/command.js";
import { makeLink, parseLinks, removeFile } from "../freebsd/files.js";
import {
  archivesDirectory,
  confFile,
  containersDirectory,
  marksDirectory,
} from "../freebsd/layout.js";
import { mountDataset } from "../freebsd/zfs-stream.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf, placeOf } from "./jail-place.js";
import { recordedPath } from "./jail-record.js";
import { askToday } from "./jail-upgrade-picture.js";
import { goBack } from "./jail-upgrade-steps.js";
import { type Plan, Refused, type Results } from "./resource.js";
import { imageOf } from "./thin.js";

export interface ArchiveObserved {
  /** The file that a deletion began to write. */
  readonly begun: string | undefined;
  /** Names in the directory of archives that begin as the jail's; only known in a deletion. */
  readonly taken: ReadonlySet<string>;
}

export const noArchive: ArchiveObserved = { begun: undefined, taken: new Set() };

/** Names the archive while the jail is deleted. */
const archiveLink = ({ inputs, storage }: JailTarget): string =>
  `${marksDirectory(storage)}/archive.${inputs.name}`;

const prefix = "archive:";

/** Undefined when there is to be none. */
function directoryOf({ inputs: { archiveOnDelete }, storage }: JailTarget): string | undefined {
  if (typeof archiveOnDelete === "object") return archiveOnDelete.directory;
  return archiveOnDelete ? archivesDirectory(storage) : undefined;
}

export function prepareArchive(t: JailTarget): Record<string, Command> {
  const directory = directoryOf(t);
  if (directory === undefined) return {};
  return { archives: listArchives(directory, t.inputs.name), today: askToday };
}

export function parseArchive(t: JailTarget, results: Results): ArchiveObserved {
  const text = parseLinks(results.upgradeLinks!).get(archiveLink(t));
  const listed = (results.archives?.stdout ?? "").split("\n");
  return {
    begun: text?.startsWith(prefix) ? text.slice(prefix.length) : undefined,
    taken: new Set(listed.map((path) => path.replace(/\.tar\.xz(\.sha256)?(\.partial)?$/, ""))),
  };
}

/** The archive of this deletion: the one that an earlier run began, or one with the day in its name. */
function archiveFile(t: JailTarget, { archive, upgrade: { today } }: JailObserved) {
  const directory = directoryOf(t);
  if (directory === undefined || archive.begun !== undefined) return archive.begun;
  const stem = `${directory}/${t.inputs.name}-${today}`;
  const others = Array.from({ length: 1000 }, (_, i) => `${stem}-${i + 2}`);
  return `${[stem, ...others].find((each) => !archive.taken.has(each))}.tar.xz`;
}

/** The image first where the jail is one: a tree without it was archived before it was removed. */
function namesOf(t: JailTarget): string[] {
  const { name } = t.inputs;
  const image = imageOf(t.inputs, t.storage);
  const beside = image !== undefined && image.partial === undefined ? [`${name}.img`] : [];
  const recorded = recordedPath(name, t.storage);
  return [...beside, name, recorded.slice(recorded.lastIndexOf("/") + 1)];
}

export interface ArchivePlan {
  readonly commands: readonly Command[];
  readonly onFailure?: readonly Command[];
}

/** Between the stop of the jail and the first removal. */
export function planArchive(t: JailTarget, observed: JailObserved): ArchivePlan {
  const file = archiveFile(t, observed);
  const whole = observed.root || observed.dataset !== undefined;
  if (directoryOf(t) === undefined || file === undefined || !whole) return { commands: [] };
  const { begun } = observed.archive;
  const { dataset } = observed;
  const link = archiveLink(t);
  const runs = observed.running !== undefined && observed.conf !== undefined;
  const { name } = t.inputs;
  const from = containersDirectory(t.storage);
  // A directory that a destroyed dataset was mounted on.
  const emptied = placeOf(t).dataset !== undefined && dataset === undefined;
  const keep = emptied && begun !== undefined && observed.running === undefined;
  return {
    commands: [
      ...(begun === undefined ? [makeLink(prefix + file, link)] : []),
      // A deletion that was cut short may have unmounted it.
      ...(dataset !== undefined && !dataset.mounted ? [mountDataset(dataset.name)] : []),
      makeArchive({ file, from, names: namesOf(t), keep }),
    ],
    onFailure: [abandonArchive({ file, link, name, conf: runs ? confFile(name) : undefined })],
  };
}

/** An upgrade that died left the jail's tree by another name: it gets its own again, which is what is archived. */
export function planReturn(t: JailTarget, observed: JailObserved): Plan | undefined {
  const { swap, tree } = observed.upgrade;
  if (swap === undefined || directoryOf(t) === undefined) return undefined;
  if (swap.well === true || (swap.from !== swap.to && tree === swap.to)) return undefined;
  const stopped = { ...t, inputs: { ...t.inputs, running: false } };
  return { locks: locksOf(t), commands: goBack(stopped, swap, observed) };
}

/** The jail lives on, or is gone: the link goes, and an archive that became whole stays. */
export const forgetArchive = (t: JailTarget, { archive }: JailObserved): Command[] =>
  archive.begun === undefined && directoryOf(t) === undefined ? [] : [removeFile(archiveLink(t))];

/** A deletion that was given up. */
export const archiveLeftovers = (t: JailTarget, { archive }: JailObserved): Command[] =>
  archive.begun === undefined ? [] : [removeFile(archiveLink(t))];

/** An archive in what is deleted would go with it. Told when it is declared, not when the jail is deleted. */
export function refuseArchive(t: JailTarget): void {
  const directory = directoryOf(t);
  const containers = containersDirectory(t.storage);
  if (directory === undefined || !`${directory}/`.startsWith(`${containers}/`)) return;
  throw new Refused(
    `archiveOnDelete.directory ${directory} is among the jails in ${containers}. Name one that is not.`,
  );
}

export function tellArchive(t: JailTarget, before: JailObserved, after: JailObserved): string[] {
  const { begun } = before.archive;
  const archived = begun !== undefined || before.root || before.dataset !== undefined;
  const file = archiveFile(t, before);
  const gone = after.mark === undefined && !after.root;
  if (directoryOf(t) === undefined || file === undefined || !archived || !gone) return [];
  return [`${t.inputs.name}: deleted; its files are in ${file} (SHA-256 beside it)`];
}
