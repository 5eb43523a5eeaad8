/** What is asked of a host about a disk image, and the picture that the answers give. */
import type { Command } from "../freebsd/command.js";
import { listAllDisks } from "../freebsd/disk-image.js";
import { findConverter } from "../freebsd/disk-import.js";
import { listLinks, parseLinks, parseStat, readLink, statPaths } from "../freebsd/files.js";
import { parseJail, showJail } from "../freebsd/jls.js";
import { marksDirectory } from "../freebsd/layout.js";
import { parseDisks } from "../freebsd/memory-disk.js";
import { mountsBelow, parseMounts } from "../freebsd/mount.js";
import {
  convertedFile,
  type DiskImageTarget,
  exportLink,
  freshOf,
  fromOf,
  imageOf,
  markLink,
  mountLink,
  sourceDisk,
  sourceLink,
  unpackedFile,
  workOf,
} from "./disk-image-place.js";
import type { DiskImageInputs } from "./disk-image-schema.js";
import type { Results } from "./resource.js";
import { observeStorage, parseStorage, type StorageObserved } from "./storage.js";

export interface DiskImageObserved {
  readonly storage: StorageObserved;
  readonly mark: string | undefined;
  /** Types of what is there of the image, its source, its exports, its mount point, and all that is left of a run. */
  readonly paths: ReadonlyMap<string, string>;
  /** What the image was made of. */
  readonly source: string | undefined;
  /** Files that we exported, or were about to: links, and "export:FORMAT:PATH". */
  readonly exported: ReadonlyMap<string, string>;
  /** Paths that belong to other images, and their names. */
  readonly taken: ReadonlyMap<string, string>;
  /** The directory that we made to mount it. */
  readonly mountPoint: string | undefined;
  /** The device that is mounted where it is declared to be. */
  readonly mounted: string | undefined;
  /** Memory disks of the host. */
  readonly disks: readonly string[];
  /** Whether the jail that it is made of runs; only known in a change. */
  readonly running?: boolean;
  /** Whether other formats can be read; only known in a change. */
  readonly converter?: boolean;
}

/** What a run that died or failed may have left. */
const leftovers = (t: DiskImageTarget): string[] => [
  freshOf(t).file,
  unpackedFile(t),
  convertedFile(t),
  workOf(t),
  fromOf(t),
];

const directoryOf = (path: string): string => path.slice(0, path.lastIndexOf("/")) || "/";

function pathsOf(t: DiskImageTarget): string[] {
  const { base, import: file, exports, mountAt } = t.inputs;
  return [
    imageOf(t).file,
    ...leftovers(t),
    ...(base === undefined ? [] : [base.path]),
    ...(file?.path === undefined ? [] : [file.path]),
    ...exports.flatMap(({ path }) => [path, `${path}.new`]),
    ...(mountAt === undefined ? [] : [mountAt, directoryOf(mountAt)]),
  ];
}

export function observeDiskImage(t: DiskImageTarget): Record<string, Command> {
  const { mountAt } = t.inputs;
  return {
    ...observeStorage(t.storage),
    mark: readLink(markLink(t)),
    paths: statPaths([...new Set(pathsOf(t))]),
    links: { ...listLinks(marksDirectory(t.storage)), unguarded: true },
    disks: listAllDisks(),
    ...(mountAt === undefined ? {} : { mounts: mountsBelow(mountAt) }),
  };
}

/** What only making it needs to know. */
export function prepareDiskImage({ inputs }: DiskImageTarget): Record<string, Command> {
  const { jail, import: file } = inputs;
  return {
    ...(jail === undefined ? {} : { running: { ...showJail(jail.name), unguarded: true } }),
    ...(file === undefined || file.format === "raw" ? {} : { converter: findConverter() }),
  };
}

export function parseDiskImage(t: DiskImageTarget, results: Results): DiskImageObserved {
  const { mountAt } = t.inputs;
  const all = [...parseLinks(results.links!)];
  const links = all.filter(([path]) => path.startsWith(`${markLink(t)}.`));
  const textOf = (path: string) => links.find(([each]) => each === path)?.[1];
  const { mounts, running, converter } = results;
  const entries = mounts === undefined ? [] : parseMounts(mounts, mountAt!);
  return {
    storage: parseStorage(t.storage, results),
    mark: results.mark!.status === 0 ? results.mark!.stdout.trim() : undefined,
    paths: parseStat(results.paths!),
    source: textOf(sourceLink(t)),
    exported: new Map(links.filter(([, text]) => text.startsWith("export:"))),
    taken: new Map(all.flatMap((link) => (links.includes(link) ? [] : takenBy(link)))),
    mountPoint: textOf(mountLink(t))?.replace(/^mount:/, ""),
    mounted: entries.findLast(({ on }) => on === mountAt)?.from,
    disks: parseDisks(results.disks!),
    ...(running && { running: parseJail(running, t.inputs.jail!.name) !== undefined }),
    ...(converter && { converter: converter.status === 0 }),
  };
}

/** The path that a link of any image tells of, and the image's name. */
function takenBy([link, text]: [string, string]): [string, string][] {
  const name = /\/image\.([^./]+)\.[^/]*$/.exec(link)?.[1];
  const path = /^(?:export:\w+|mount):(\/.*)$/.exec(text)?.[1];
  return name === undefined || path === undefined ? [] : [[path, name]];
}

export const isThere = (t: DiskImageTarget, { paths }: DiskImageObserved): boolean =>
  paths.has(imageOf(t).file);

export const isMounted = (t: DiskImageTarget, { mounted }: DiskImageObserved): boolean =>
  mounted === `/dev/${imageOf(t).disk}`;

/** Whether a run that died or failed left something of what it was making. */
export const hasLeftovers = (t: DiskImageTarget, { paths, disks }: DiskImageObserved): boolean =>
  leftovers(t).some((path) => paths.has(path)) ||
  [freshOf(t), sourceDisk(t, "")].some(({ disk }) => disks.includes(disk));

/** "export:qcow2:/root/room.qcow2" */
export const exportText = ({ format, path }: DiskImageInputs["exports"][number]): string =>
  `export:${format}:${path}`;

/** Whether a declared copy is there, and is what is declared. */
export const isExported = (
  t: DiskImageTarget,
  { paths, exported }: DiskImageObserved,
  each: DiskImageInputs["exports"][number],
): boolean => paths.has(each.path) && exported.get(exportLink(t, each.path)) === exportText(each);
