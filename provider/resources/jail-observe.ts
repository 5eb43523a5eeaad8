/** What is asked of a host about one jail, and the picture that the answers give. */
import type { Command } from "../freebsd/command.js";
import {
  listLinks,
  parseLinks,
  parseStat,
  readConfig,
  readLink,
  statPaths,
} from "../freebsd/files.js";
import { type Interfaces, listAddresses, parseInterfaces } from "../freebsd/ifconfig.js";
import { type FileState, parseInside, readInside } from "../freebsd/inside.js";
import { listConfigured, parseConfigured } from "../freebsd/jail.js";
import { confMark } from "../freebsd/jail-conf.js";
import { listJails, parseJail, parseTenants, type RunningJail, showJail } from "../freebsd/jls.js";
import {
  confFile,
  containersDirectory,
  fstabFile,
  leasesDirectory,
  marksDirectory,
  type Place,
  place,
  stateDirectory,
  templatesDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import { type LeaseAnswer, linksOf, parseLease, remarkLeases } from "../freebsd/lease.js";
import { formatMark } from "../freebsd/mark.js";
import { isSwept, type MountEntry, mountsBelow, parseMounts } from "../freebsd/mount.js";
import { type FactResults, type HostFacts, parseFacts } from "../freebsd/sysctl.js";
import { type BootSettings, parseBootSettings, readBootSettings } from "../freebsd/sysrc.js";
import {
  type Dataset,
  listDatasets,
  listSnapshots,
  parseDatasets,
  parseSnapshots,
} from "../freebsd/zfs.js";
import {
  type JailAddress,
  resolveAddresses,
  type Slot,
  slotsOf,
  takeLeases,
} from "./jail-addresses.js";
import { desiredFiles } from "./jail-conf.js";
import type { JailInputs } from "./jail-inputs.js";
import type { Results, Target } from "./resource.js";
import { shareAnswer } from "./shared.js";
import { observeStorage, parseStorage, type StorageObserved } from "./storage.js";

export type JailTarget = Target<JailInputs>;

export interface JailObserved {
  readonly facts: HostFacts | undefined;
  readonly storage: StorageObserved;
  /** Target of the link that claims the name. */
  readonly link: string | undefined;
  /** The mark that the link, the jail's file or its dataset carries, ours or another's. */
  readonly mark: string | undefined;
  readonly running: RunningJail | undefined;
  /** Text of the jail's file. */
  readonly conf: string | undefined;
  readonly fstab: string | undefined;
  /** Which of the root, its half-built and its half-deleted forms exist. */
  readonly root: boolean;
  readonly partial: boolean;
  readonly deleted: boolean;
  readonly template: boolean;
  readonly dataset: Dataset | undefined;
  /** What is mounted below the root by the jail's file and fstab, or looks like it. */
  readonly mounts: readonly MountEntry[];
  /** Datasets, disks and network file systems below the root: not ours to unmount. */
  readonly foreignMounts: readonly MountEntry[];
  readonly interfaces: Interfaces;
  readonly boot: BootSettings;
  readonly rcRemembered: boolean;
  /** Addresses leased to this jail, and the targets of their links. */
  readonly held: ReadonlyMap<string, string>;
  readonly user: string | undefined;
  readonly slots: readonly Slot[];
  /** One for each slot, as far as it is known. */
  readonly addresses: readonly (JailAddress | undefined)[];
  /** Answers of the leases that this change took; empty in a read. */
  readonly leases: readonly (LeaseAnswer | undefined)[];
  readonly files: ReadonlyMap<string, FileState>;
  /** Snapshots of the jail's dataset; only known in a deletion. */
  readonly snapshots: readonly string[];
  /** Other jails that live in the root; only known in a deletion. */
  readonly tenants: readonly string[];
  /** Names that /etc/jail.conf itself defines; only known in a change. */
  readonly configured: readonly string[];
  /** Marks of all jails of the host by name; only known in a change. */
  readonly neighbours: ReadonlyMap<string, string>;
}

export const placeOf = (t: JailTarget): Place => place(t.storage, "containers", t.inputs.name);
export const locksOf = (t: JailTarget): string[] => [`jail.${t.inputs.name}`];
export const markLink = (t: JailTarget): string =>
  `${marksDirectory(t.storage)}/jail.${t.inputs.name}`;
export const rcLink = (t: JailTarget): string => `${stateDirectory(t.storage)}/made.rc`;
export const userLink = (t: JailTarget): string =>
  `${usersDirectory(t.storage, t.inputs.base.templateName)}/${t.mark.id}`;

export function observeJail(t: JailTarget): Record<string, Command> {
  const { inputs, storage } = t;
  const { path, partial, deleted, dataset, partialDataset } = placeOf(t);
  const paths = watchedFiles(t);
  return {
    ...observeStorage(storage),
    jail: showJail(inputs.name),
    conf: readConfig(confFile(inputs.name)),
    fstab: readConfig(fstabFile(storage, inputs.name)),
    mark: readLink(markLink(t)),
    user: readLink(userLink(t)),
    held: linksOf(leasesDirectory(storage), t.mark.id),
    paths: statPaths([path, partial, deleted], [containersDirectory(storage)]),
    template: statPaths([inputs.base.path], [templatesDirectory(storage)]),
    mounts: mountsBelow(path),
    addresses: shareAnswer(listAddresses),
    boot: shareAnswer(readBootSettings),
    rcMade: shareAnswer({ ...readLink(rcLink(t)), unguarded: true }),
    ...(dataset === undefined || partialDataset === undefined
      ? {}
      : { datasets: listDatasets([dataset, partialDataset], [`${storage.dataset}/containers`]) }),
    ...(paths.length === 0 ? {} : { files: readInside(inputs.name, path, paths) }),
  };
}

/** Files that are declared, or were. */
function watchedFiles({ inputs, former }: JailTarget): string[] {
  const declared = Object.keys(desiredFiles(inputs));
  const once = former === undefined ? [] : Object.keys(desiredFiles(former));
  return [...new Set([...declared, ...once])].sort();
}

/** Leases are taken first, so that the repeated observation under the lock sees them as this one does. */
export function prepareJail(t: JailTarget, goal: "present" | "absent"): Record<string, Command> {
  const { dataset } = placeOf(t);
  if (goal === "absent") {
    return dataset === undefined
      ? { tenants: listJails }
      : { tenants: listJails, snapshots: listSnapshots(dataset) };
  }
  const directory = leasesDirectory(t.storage);
  const renamed = t.formerMarks.map((former, i) => [
    `remark${i}`,
    remarkLeases(directory, former, formatMark(t.mark)),
  ]);
  return {
    ...Object.fromEntries(renamed),
    ...takeLeases(t),
    configured: listConfigured("/etc/jail.conf"),
    neighbours: { ...listLinks(marksDirectory(t.storage)), unguarded: true },
  };
}

export function parseJailObserved(t: JailTarget, results: Results): JailObserved {
  const { inputs, storage, mark } = t;
  const { path, partial, deleted, dataset, partialDataset } = placeOf(t);
  const layout = parseStorage(storage, results);
  const found = parseStat(results.paths!);
  const datasets =
    results.datasets === undefined ? new Map<string, Dataset>() : parseDatasets(results.datasets);
  const slots = slotsOf(inputs, mark);
  const held = parseHeld(results);
  const text = (key: string) => (results[key]!.status === 0 ? results[key]!.stdout : undefined);
  const conf = text("conf");
  const below = parseMounts(results.mounts!, path).filter(({ on }) => on !== path);
  return {
    facts: parseFacts(results as FactResults),
    storage: layout,
    link: text("mark")?.trim(),
    mark: text("mark")?.trim() ?? markIn(conf) ?? datasets.get(dataset ?? "")?.mark,
    running: parseJail(results.jail!, inputs.name),
    conf,
    fstab: text("fstab"),
    root: found.has(path),
    partial: found.has(partial) || datasets.has(partialDataset ?? ""),
    deleted: found.has(deleted),
    template: parseStat(results.template!).get(inputs.base.path) === "Directory",
    dataset: datasets.get(dataset ?? ""),
    mounts: below.filter(isSwept),
    foreignMounts: below.filter((mount) => !isSwept(mount)),
    interfaces: parseInterfaces(results.addresses!),
    boot: parseBootSettings(results.boot!),
    rcRemembered: results.rcMade!.status === 0,
    held,
    user: text("user")?.trim(),
    slots,
    addresses: resolveAddresses(slots, invert(held)),
    leases: slots.map((_, i) =>
      results[`lease${i}`] ? parseLease(results[`lease${i}`]!) : undefined,
    ),
    files: results.files === undefined ? new Map() : parseInside(results.files),
    configured: results.configured === undefined ? [] : parseConfigured(results.configured.stdout),
    tenants: results.tenants ? parseTenants(results.tenants, path, inputs.name) : [],
    snapshots: results.snapshots === undefined ? [] : [...parseSnapshots(results.snapshots).keys()],
    neighbours: parseNeighbours(results),
  };
}

const markIn = (conf: string | undefined): string | undefined =>
  conf === undefined ? undefined : confMark(conf);

function parseHeld(results: Results): Map<string, string> {
  const links = parseLinks(results.held!);
  return new Map(
    [...links].map(([path, target]) => [path.slice(path.lastIndexOf("/") + 1), target]),
  );
}

function parseNeighbours(results: Results): Map<string, string> {
  const jails = new Map<string, string>();
  if (results.neighbours === undefined) return jails;
  for (const [path, target] of parseLinks(results.neighbours)) {
    const name = /\/jail\.([A-Za-z0-9_-]+)$/.exec(path)?.[1];
    if (name !== undefined) jails.set(name, target);
  }
  return jails;
}

const invert = (map: ReadonlyMap<string, string>): Map<string, string> =>
  new Map([...map].map(([key, value]) => [value, key]));
