/** What is left to do until nothing of a jail is on its host: pure, the configuration last and the mark after it. */
import type { Command } from "../freebsd/command.js";
import { removeFile, removeTree, setAside } from "../freebsd/files.js";
import { awaitDeath } from "../freebsd/jail.js";
import {
  confFile,
  consoleLog,
  fstabFile,
  leasesDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import { dropLease } from "../freebsd/lease.js";
import { removeFromJailList } from "../freebsd/sysrc.js";
import { dropTemplate } from "../freebsd/template.js";
import { destroyDataset } from "../freebsd/zfs.js";
import { planAdoptedAbsent } from "./jail-adopted.js";
import { forgetArchive, planArchive, planReturn } from "./jail-archive.js";
import { forgetCommands } from "./jail-commands.js";
import { dropSnapshots, refuseDeletion, stopTenants } from "./jail-deletion.js";
import { removeLayers, tidyPackages } from "./jail-layers-remains.js";
import { removeLimits } from "./jail-limits.js";
import { refuseElsewhere } from "./jail-move-picture.js";
import { removeMoves } from "./jail-move-remains.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf, markLink, placeOf, userLink } from "./jail-place.js";
import { removeRecorded } from "./jail-record.js";
import { refuseForeignDataset } from "./jail-refusals.js";
import { planUnrename } from "./jail-rename.js";
import { refuseForgotten } from "./jail-rename-refusals.js";
import { restartLeftovers } from "./jail-restart.js";
import { planStop, planSweep, removePartial } from "./jail-stop.js";
import { removeUpgrades } from "./jail-upgrade-remains.js";
import { isOurs } from "./ownership.js";
import type { Plan } from "./resource.js";
import { planTidy } from "./storage.js";
import { adoptedPath } from "./thin.js";
import { removeImage } from "./thin-device.js";

/** `instead`: what is done with the jail's tree and its image in the place of removing them. */
export function planJailAbsent(
  t: JailTarget,
  observed: JailObserved,
  instead: { root?: readonly Command[]; image?: readonly Command[] } = {},
): Plan {
  const naming = planUnrename(t, observed);
  if (naming !== undefined) return naming;
  refuseForgotten(t, observed);
  const ours = observed.mark !== undefined && isOurs(observed.mark, t);
  const { name, base } = t.inputs;
  if (adoptedPath(t.inputs) !== undefined) return planAdoptedAbsent(t, observed);
  const templates = new Set([
    base.templateName,
    ...observed.upgrade.kept.values(),
    ...observed.upgrade.condemned.values(),
    ...observed.upgrade.uses,
  ]);
  const users = [...templates].map((template) => usersDirectory(t.storage, template));
  const tidy = [...tidyPackages(t, observed), ...planTidy(t.storage, observed.storage, users)];
  if (!ours) return { locks: locksOf(t), commands: planOrphans(t, observed), tidy };
  refuseElsewhere(t, observed);
  refuseDeletion(t, observed);
  const returning = planReturn(t, observed);
  if (returning !== undefined) return returning;
  const archive = planArchive(t, observed);
  const { forceDelete: force } = t.inputs;
  const commands = [
    ...stopTenants(t, observed),
    ...(observed.running === undefined ? planSweep(t, observed) : planStop(t, observed, { force })),
    ...archive.commands,
    ...removeLimits(t, observed),
    ...(observed.boot.list.includes(name) ? [removeFromJailList(name)] : []),
    // Where the jail has no tree, a file of that name is not its image.
    ...(observed.root || observed.partial || observed.deleted
      ? (instead.image ?? removeImage(t))
      : []),
    ...removeMoves(t, observed),
    ...(instead.root ?? planRootRemoval(t, observed)),
    ...removeRecorded(t, observed),
    ...removeUpgrades(t, observed),
    ...removeLayers(t, observed),
    ...forgetCommands(t, observed),
    ...restartLeftovers(t, observed),
    removeFile(fstabFile(t.storage, name)),
    removeFile(consoleLog(name)),
    ...planOrphans(t, observed),
    ...(observed.user === undefined ? [] : [removeFile(userLink(t))]),
    dropTemplate(t.storage, base.templateName),
    removeFile(confFile(name)),
    ...forgetArchive(t, observed),
    removeFile(markLink(t)),
  ];
  const { onFailure } = archive;
  return { locks: locksOf(t), commands, tidy, ...(onFailure === undefined ? {} : { onFailure }) };
}

/** Leases of ours that no jail of ours uses. */
function planOrphans(t: JailTarget, observed: JailObserved): Command[] {
  return [...observed.held].map(([address, target]) =>
    dropLease(leasesDirectory(t.storage), target, address),
  );
}

function planRootRemoval(t: JailTarget, observed: JailObserved): Command[] {
  const { path, deleted, dataset } = placeOf(t);
  const partial = observed.partial ? removePartial(t) : [];
  if (observed.dataset !== undefined && dataset !== undefined) {
    refuseForeignDataset(t, observed);
    const { running } = observed;
    return [
      ...partial,
      ...dropSnapshots(t, observed),
      ...(running === undefined ? [] : [awaitDeath(running.jid)]),
      destroyDataset(dataset),
    ];
  }
  const leftover = observed.deleted ? [removeTree(deleted)] : [];
  const moved = observed.root ? [setAside(path, deleted), removeTree(deleted)] : [];
  return [...leftover, ...moved, ...partial];
}
