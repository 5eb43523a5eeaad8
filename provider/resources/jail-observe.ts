/** What is asked of a host about one jail. */
import { type Command, look } from "../freebsd/command.js";
import { listLinks, readConfig, readLink, statPaths } from "../freebsd/files.js";
import { listAddresses } from "../freebsd/ifconfig.js";
import { listConfigured } from "../freebsd/jail.js";
import { showJail } from "../freebsd/jls.js";
import {
  confFile,
  containersDirectory,
  fstabFile,
  leasesDirectory,
  marksDirectory,
  stateDirectory,
  templatesDirectory,
} from "../freebsd/layout.js";
import { linksOf, remarkLeases } from "../freebsd/lease.js";
import { checkLinux } from "../freebsd/linux.js";
import { formatMark } from "../freebsd/mark.js";
import { mountsBelow } from "../freebsd/mount.js";
import { readHeaderVersion } from "../freebsd/release.js";
import { readBootSettings } from "../freebsd/sysrc.js";
import { listDatasets } from "../freebsd/zfs.js";
import { takeLeases } from "./jail-addresses.js";
import { prepareAdopted } from "./jail-adopted.js";
import { prepareDeletion } from "./jail-deletion.js";
import { prepareDepend } from "./jail-depend.js";
import { observeFiles } from "./jail-files.js";
import { observeBaseImage } from "./jail-image-root.js";
import { observeLayers, prepareLayers } from "./jail-layers-picture.js";
import { observeLimits, prepareLimits } from "./jail-limits.js";
import { thinParts } from "./jail-mounts.js";
import { type JailTarget, placeOf, rcLink } from "./jail-place.js";
import { observeQuota } from "./jail-quota.js";
import { observeRecord, recordPaths, recordsByUnion } from "./jail-record.js";
import { askSiblings, formerTarget, named, withFormer } from "./jail-rename-picture.js";
import { restartPaths } from "./jail-restart.js";
import { observeSoftware } from "./jail-software.js";
import { observeUpgrade, prepareUpgrade } from "./jail-upgrade-picture.js";
import { fresh, treeOf } from "./jail-upgrade-place.js";
import { baseSystem, observeUserland } from "./jail-userland.js";
import { isLinux } from "./linux-jail.js";
import { shareAnswer } from "./shared.js";
import { directoriesOf, observeDatasets } from "./storage.js";
import { adoptedPath } from "./thin.js";
import { observeDevice, prepareDevice } from "./thin-device.js";

/** What is asked about a jail; about one that gets another name, by both. */
export const observeJail = (t: JailTarget): Record<string, Command> => ({
  ...withFormer(t, observeOne),
  ...askSiblings(t),
});

function observeOne(t: JailTarget): Record<string, Command> {
  const { inputs, storage } = t;
  const { path, dataset, partialDataset } = placeOf(t);
  const parts = thinParts(t);
  return {
    ...observeDatasets(storage),
    jail: showJail(inputs.name),
    conf: readConfig(confFile(inputs.name)),
    fstab: readConfig(fstabFile(storage, inputs.name)),
    held: linksOf(leasesDirectory(storage), t.mark.id),
    paths: statPaths(pathsOf(t), [
      ...[storage.root, stateDirectory(storage)],
      ...[templatesDirectory(storage), containersDirectory(storage)],
      ...placesOf(inputs),
    ]),
    mounts: mountsBelow(path),
    addresses: shareAnswer(listAddresses),
    boot: shareAnswer(readBootSettings),
    rcMade: shareAnswer({ ...readLink(rcLink(t)), unguarded: true }),
    ...(dataset === undefined || partialDataset === undefined
      ? {}
      : { datasets: listDatasets([dataset, partialDataset], [`${storage.dataset}/containers`]) }),
    ...(parts.length === 0 ? {} : { parts: statPaths(parts) }),
    ...observeDevice(t),
    ...observeBaseImage(t),
    ...observeRecord(t),
    ...observeFiles(t),
    ...observeSoftware(t),
    ...observeLayers(t),
    ...observeUpgrade(t),
    ...observeUserland(t),
    ...observeLimits(t),
    ...observeQuota(t),
  };
}

/** The layout, the base, and the trees that the jail has or may have: one question. */
function pathsOf(t: JailTarget): string[] {
  const { path, partial, deleted } = placeOf(t);
  const trees = [
    path,
    partial,
    deleted,
    treeOf(t, fresh).path,
    ...recordPaths(t),
    ...restartPaths(t),
  ];
  return [...new Set([...directoriesOf(t.storage), t.inputs.base.path, ...trees])];
}

/** Beside the others: where a jail of another tool lies. */
const placesOf = (inputs: JailTarget["inputs"]): string[] => {
  const path = adoptedPath(inputs);
  return path === undefined ? [] : [path.slice(0, path.lastIndexOf("/")) || "/"];
};

/** Leases are taken first, so that the repeated observation under the lock sees them as this one does. */
export function prepareJail(t: JailTarget, goal: "present" | "absent"): Record<string, Command> {
  if (goal === "absent") return prepareDeletion(t);
  const old = formerTarget(t);
  const directory = leasesDirectory(t.storage);
  const renamed = t.formerMarks.map((former, i) => [
    `remark${i}`,
    remarkLeases(directory, former, formatMark(t.mark)),
  ]);
  return {
    ...Object.fromEntries(renamed),
    ...prepareAdopted(t),
    ...takeLeases(t),
    ...prepareDevice(t),
    ...prepareLayers(old === undefined ? t : named(t, old.inputs.name)),
    ...prepareUpgrade(t),
    ...prepareLimits(t),
    ...prepareDepend(t),
    // The tree of a jail is no base: what it says of itself is not to be believed.
    ...(adoptedPath(t.inputs) === undefined
      ? { baseVersion: readHeaderVersion(baseSystem(t)) }
      : {}),
    configured: listConfigured("/etc/jail.conf"),
    ...(isLinux(t.inputs) ? { linux: checkLinux() } : {}),
    ...(recordsByUnion(t.inputs, t.storage)
      ? { recordPlace: { ...look(["mount", "-p"]), unguarded: true } }
      : {}),
    neighbours: { ...listLinks(marksDirectory(t.storage)), unguarded: true },
  };
}
