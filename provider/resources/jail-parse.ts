/** The picture of one jail that the answers of its host give. */
import { parseDevice } from "../freebsd/device.js";
import { parseLinks, parseStat } from "../freebsd/files.js";
import { parseInterfaces } from "../freebsd/ifconfig.js";
import { parseInside } from "../freebsd/inside.js";
import { parseConfigured } from "../freebsd/jail.js";
import { confFiles, confMark } from "../freebsd/jail-conf.js";
import { parseJail, parseTenants } from "../freebsd/jls.js";
import { parseLease } from "../freebsd/lease.js";
import { parseDisks } from "../freebsd/memory-disk.js";
import { fileSystemOf, isSwept, type MountEntry, parseMounts } from "../freebsd/mount.js";
import { parseHeaderVersion } from "../freebsd/release.js";
import { type FactResults, parseFacts } from "../freebsd/sysctl.js";
import { parseBootSettings } from "../freebsd/sysrc.js";
import { type Dataset, parseDatasets, parseSnapshots } from "../freebsd/zfs.js";
import { resolveAddresses, slotsOf } from "./jail-addresses.js";
import { parseArchive } from "./jail-archive.js";
import { parseCommands } from "./jail-commands.js";
import { parseDeletion } from "./jail-deletion.js";
import { parseDepend } from "./jail-depend.js";
import { declaredFiles } from "./jail-files.js";
import { parseSize } from "./jail-image.js";
import { parseBaseImage } from "./jail-image-root.js";
import { parseLayers } from "./jail-layers-picture.js";
import { parseLimits } from "./jail-limits.js";
import { parseMove } from "./jail-move-picture.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, markLink, placeOf, userLink } from "./jail-place.js";
import { parseJailQuota } from "./jail-quota.js";
import { isUnion, recordPaths } from "./jail-record.js";
import { formerResults, formerTarget, parseJournal, parseSiblings } from "./jail-rename-picture.js";
import { parseRestart } from "./jail-restart.js";
import { parseSoftware } from "./jail-software.js";
import { parseUpgrade } from "./jail-upgrade-picture.js";
import { parseBaseUserland } from "./jail-userland.js";
import type { Results } from "./resource.js";
import { madeLink, storageOf } from "./storage.js";
import { isDeviceMount } from "./thin-device.js";

export function parseJailObserved(t: JailTarget, results: Results): JailObserved {
  const { inputs, storage, mark } = t;
  const { path, partial, deleted, dataset, partialDataset } = placeOf(t);
  const found = parseStat(results.paths!);
  const links = parseLinks(results.upgradeLinks!);
  const link = links.get(markLink(t));
  const made = links.get(madeLink(storage));
  const layout = storageOf(storage, results, { directories: found, made });
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
    link,
    mark: link ?? markIn(conf) ?? datasets.get(dataset ?? "")?.mark,
    running: parseJail(results.jail!, inputs.name),
    conf,
    fstab: text("fstab"),
    root: found.has(path),
    partial: found.has(partial) || datasets.has(partialDataset ?? ""),
    deleted: found.has(deleted),
    realRoot: results.realRoot?.stdout.trim() || undefined,
    template: found.get(inputs.base.path) === "Directory",
    baseImage: parseBaseImage(t, results),
    parts: results.parts === undefined ? new Map() : parseStat(results.parts),
    device: results.device === undefined ? undefined : parseDevice(results.device),
    disks: results.disks === undefined ? [] : parseDisks(results.disks),
    ...parseSize(results),
    written: results.written?.stdout.trim() ?? (conf && confFiles(conf)),
    dataset: datasets.get(dataset ?? ""),
    mounts: [...unions, ...below.filter(isOwn)],
    foreignMounts: below.filter((mount) => !isOwn(mount)),
    interfaces: parseInterfaces(results.addresses!),
    boot: parseBootSettings(results.boot!),
    rcRemembered: results.rcMade!.status === 0,
    held,
    user: links.get(userLink(t)),
    slots,
    addresses: resolveAddresses(slots, invert(held)),
    leases: slots.map((_, i) =>
      results[`lease${i}`] ? parseLease(results[`lease${i}`]!) : undefined,
    ),
    files: results.files === undefined ? new Map() : declaredFiles(t, parseInside(results.files)),
    software: parseSoftware(t, results),
    commands: parseCommands(t, results),
    archive: parseArchive(t, results),
    deletion: parseDeletion(t, results),
    restart: parseRestart(t, found),
    runningJails: parseDepend(results),
    hostResolver: results.hostResolver?.stdout.trim() || undefined,
    configured: results.configured === undefined ? [] : parseConfigured(results.configured.stdout),
    tenants: results.tenants ? parseTenants(results.tenants, path, inputs.name) : [],
    snapshots: results.snapshots === undefined ? [] : [...parseSnapshots(results.snapshots).keys()],
    neighbours: parseNeighbours(results),
    ...(results.linux && { linux: results.linux.status === 0 }),
    upgrade: parseUpgrade(t, results),
    userland: parseBaseUserland(results),
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
