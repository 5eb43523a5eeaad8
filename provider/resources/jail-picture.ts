/** The picture of one jail that the answers of its host give. */
import { type DeviceState, parseDevice } from "../freebsd/device.js";
import { parseLinks, parseStat } from "../freebsd/files.js";
import { type Interfaces, parseInterfaces } from "../freebsd/ifconfig.js";
import { type FileState, parseInside } from "../freebsd/inside.js";
import { parseConfigured } from "../freebsd/jail.js";
import { confMark } from "../freebsd/jail-conf.js";
import { parseJail, parseTenants, type RunningJail } from "../freebsd/jls.js";
import { type LeaseAnswer, parseLease } from "../freebsd/lease.js";
import { parseDisks } from "../freebsd/memory-disk.js";
import { fileSystemOf, isSwept, type MountEntry, parseMounts } from "../freebsd/mount.js";
import { parseHeaderVersion } from "../freebsd/release.js";
import { type FactResults, type HostFacts, parseFacts } from "../freebsd/sysctl.js";
import { type BootSettings, parseBootSettings } from "../freebsd/sysrc.js";
import { type Dataset, parseDatasets, parseSnapshots } from "../freebsd/zfs.js";
import { type JailAddress, resolveAddresses, type Slot, slotsOf } from "./jail-addresses.js";
import { declaredFiles } from "./jail-files.js";
import { type ImageObserved, parseSize } from "./jail-image.js";
import { parseBaseImage } from "./jail-image-root.js";
import { type LayersObserved, parseLayers } from "./jail-layers-picture.js";
import { type LimitsObserved, parseLimits } from "./jail-limits.js";
import { type MoveObserved, parseMove } from "./jail-move-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { parseJailQuota } from "./jail-quota.js";
import { isUnion, type RecordObserved, recordPaths } from "./jail-record.js";
import {
  formerResults,
  formerTarget,
  parseJournal,
  parseSiblings,
  type RenameJournal,
} from "./jail-rename-picture.js";
import { parseSoftware, type SoftwareObserved } from "./jail-software.js";
import { parseUpgrade, type UpgradeObserved } from "./jail-upgrade-picture.js";
import type { Results } from "./resource.js";
import { parseStorage, type StorageObserved } from "./storage.js";
import { isDeviceMount } from "./thin-device.js";

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
  /** Whether what the jail is made from, or mounts, is there. */
  readonly template: boolean;
  /** Whether the base has an image to copy; only asked for image jails. */
  readonly baseImage: boolean;
  readonly dataset: Dataset | undefined;
  /** Thin jails: which of the parts of the template and of the jail are there, and of what type. */
  readonly parts: ReadonlyMap<string, string>;
  /** What the device for the read-write part carries; only known in a change. */
  readonly device: DeviceState | undefined;
  /** Digest of the files that were last written while a jail on a device did not run. */
  readonly written: string | undefined;
  /** Memory disks that show the jail's image. */
  readonly disks: readonly string[];
  /** Of a jail that is an image. */
  readonly image?: ImageObserved;
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
  readonly software: SoftwareObserved;
  /** Digest of the host's resolv.conf, where it is to be copied into a jail that has another. */
  readonly hostResolver: string | undefined;
  /** Snapshots of the jail's dataset; only known in a deletion. */
  readonly snapshots: readonly string[];
  /** Other jails that live in the root; only known in a deletion. */
  readonly tenants: readonly string[];
  /** Names that /etc/jail.conf itself defines; only known in a change. */
  readonly configured: readonly string[];
  /** Marks of all jails of the host by name; only known in a change. */
  readonly neighbours: ReadonlyMap<string, string>;
  /** Whether the kernel runs Linux programs; only known in a change of a Linux jail. */
  readonly linux?: boolean;
  readonly upgrade: UpgradeObserved;
  readonly layers: LayersObserved;
  readonly limits: LimitsObserved;
  /** refquota of its dataset in bytes; only known where it is, or was, declared. */
  readonly quota: bigint | undefined;
  readonly record: RecordObserved;
  readonly move: MoveObserved;
  /** A change of name that has not come to its end. */
  readonly journal: RenameJournal | undefined;
  /** What has the name that the jail had before. */
  readonly former: JailObserved | undefined;
  /** What has the new name with an ending; only known in a change of name. */
  readonly siblings: readonly string[];
  /** __FreeBSD_version of the base, where it has headers; only known in a change. */
  readonly osreldate: string | undefined;
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
  const isOwn = (mount: MountEntry) => isSwept(mount) || isDeviceMount(t, mount);
  const unions = parseMounts(results.mounts!, path).filter((mount) => isUnion(t, mount));
  const [recorded, merged] = recordPaths(t).map((each) => found.has(each));
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
    baseImage: parseBaseImage(t, results),
    parts: results.parts === undefined ? new Map() : parseStat(results.parts),
    device: results.device === undefined ? undefined : parseDevice(results.device),
    disks: results.disks === undefined ? [] : parseDisks(results.disks),
    ...parseSize(results),
    written: results.written?.stdout.trim(),
    dataset: datasets.get(dataset ?? ""),
    mounts: [...unions, ...below.filter(isOwn)],
    foreignMounts: below.filter((mount) => !isOwn(mount)),
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
    files: results.files === undefined ? new Map() : declaredFiles(t, parseInside(results.files)),
    software: parseSoftware(results),
    hostResolver: results.hostResolver?.stdout.trim() || undefined,
    configured: results.configured === undefined ? [] : parseConfigured(results.configured.stdout),
    tenants: results.tenants ? parseTenants(results.tenants, path, inputs.name) : [],
    snapshots: results.snapshots === undefined ? [] : [...parseSnapshots(results.snapshots).keys()],
    neighbours: parseNeighbours(results),
    ...(results.linux && { linux: results.linux.status === 0 }),
    upgrade: parseUpgrade(t, results),
    layers: parseLayers(t, results),
    limits: parseLimits(t, results),
    quota: parseJailQuota(results),
    record: {
      recorded: recorded === true,
      merged: merged === true,
      fileSystem: results.recordPlace && fileSystemOf(results.recordPlace, storage.root),
    },
    move: parseMove(t, results),
    osreldate: parseHeaderVersion(results.baseVersion),
    journal: parseJournal(t, results),
    former: parseFormer(t, results),
    siblings: parseSiblings(results),
  };
}

function parseFormer(t: JailTarget, results: Results): JailObserved | undefined {
  const former = formerTarget(t);
  return former && parseJailObserved(former, formerResults(results));
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
