/** What is missing between a declared jail and the one on the host: pure, in the order in which it is done. */
import type { Command } from "../freebsd/command.js";
import { makeDirectory, makeLink, putFile, removeFile, replaceLink } from "../freebsd/files.js";
import { startJail } from "../freebsd/jail.js";
import { renderConf } from "../freebsd/jail-conf.js";
import {
  confDirectory,
  confFile,
  fstabFile,
  leasesDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import { dropLease } from "../freebsd/lease.js";
import { formatMark } from "../freebsd/mark.js";
import { addToJailList, enableJails, removeFromJailList } from "../freebsd/sysrc.js";
import { startStopped } from "../freebsd/upgrade.js";
import { markDataset } from "../freebsd/zfs.js";
import { type JailAddress, refuseFailedLeases } from "./jail-addresses.js";
import { planAdopted } from "./jail-adopted.js";
import { desiredConf } from "./jail-conf.js";
import { planFiles } from "./jail-files.js";
import { planGrowth } from "./jail-image.js";
import { baseImagePlan, baseImageRemains } from "./jail-image-root.js";
import { planLayers } from "./jail-layers.js";
import { refuseLayers } from "./jail-layers-refusals.js";
import { layerLeftovers } from "./jail-layers-remains.js";
import { planLimits, refuseLimits } from "./jail-limits.js";
import { liveChanges } from "./jail-live.js";
import { desiredFstabText, planMountPoints } from "./jail-mounts.js";
import { refuseElsewhere } from "./jail-move-picture.js";
import { moveLeftovers } from "./jail-move-remains.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf, markLink, rcLink, userLink } from "./jail-place.js";
import { planQuota, refuseQuota } from "./jail-quota.js";
import { planMerge, refuseRecording, releaseUnion, withUnion } from "./jail-record.js";
import { refuseForeign, refuseHost } from "./jail-refusals.js";
import { planRename } from "./jail-rename.js";
import { settled } from "./jail-rename-picture.js";
import { refuseForgotten } from "./jail-rename-refusals.js";
import { planRoot } from "./jail-root.js";
import { planSoftware } from "./jail-software.js";
import { leasedAliases, planStop, planSweep, removePartial } from "./jail-stop.js";
import { planUpgrade } from "./jail-upgrade.js";
import { currentTemplate, noteTree, upgradeLeftovers } from "./jail-upgrade-remains.js";
import type { Plan } from "./resource.js";
import { planStorage } from "./storage.js";
import { adoptedPath, isCopy } from "./thin.js";
import { releaseDevice, withDevice } from "./thin-device.js";

export function planJail(t: JailTarget, observed: JailObserved): Plan {
  const naming = planRename(t, observed, { plan: planNamed, boot: planBoot });
  if (naming !== undefined) return naming;
  refuseForgotten(t, observed);
  return planNamed(settled(t), observed);
}

/** The plan for a jail of which nothing has another name. */
function planNamed(t: JailTarget, observed: JailObserved): Plan {
  refuseForeign(t, observed);
  refuseFailedLeases(observed.slots, observed.leases);
  refuseElsewhere(t, observed);
  refuseHost(t, observed);
  refuseLayers(t, observed);
  refuseRecording(t, observed);
  refuseLimits(t, observed);
  refuseQuota(t);
  const claim = planClaim(t, observed);
  if (adoptedPath(t.inputs) !== undefined) {
    const rest = [planConfiguration, planLeases, planBoot].flatMap((plan) => plan(t, observed));
    return planAdopted(t, observed, { claim, rest });
  }
  const configure = (after: JailObserved) => planConfiguration(t, after);
  const upgrade = planUpgrade(t, observed, { claim, configure });
  if (upgrade !== undefined) return upgrade;
  const commands = [
    ...claim,
    ...moveLeftovers(t, observed),
    ...noteTree(t, observed),
    ...upgradeLeftovers(t, observed),
    ...layerLeftovers(t, observed, currentTemplate(t, observed)),
    ...planRoot(t, observed),
    ...planConfiguration(t, observed),
    ...planLeases(t, observed),
    ...planBoot(t, observed),
  ];
  const staged = commands.length > 0 && !observed.root;
  const onFailure = [
    ...releaseDevice(t, { tries: 1 }),
    ...releaseUnion(t, observed),
    ...(staged ? [...removePartial(t), ...baseImageRemains(t, observed)] : []),
    ...startAgain(t, observed),
  ];
  const { locks = [], ...patience } = baseImagePlan(t, observed);
  const failing = onFailure.length > 0 ? { onFailure } : {};
  return { ...patience, locks: [...locksOf(t), ...locks], commands, ...failing };
}

/** The name is claimed first and given up last: what a crash leaves can always be found again. */
export function planClaim(t: JailTarget, observed: JailObserved): Command[] {
  const mark = formatMark(t.mark);
  const commands = [
    ...planStorage(t.storage, observed.storage),
    ...(observed.link === undefined ? [makeLink(mark, markLink(t))] : []),
    ...(observed.link !== undefined && observed.link !== mark
      ? [replaceLink(mark, markLink(t))]
      : []),
  ];
  // A copy needs its template, too, as long as it is there: to tell what the owner changed, when it is upgraded.
  const asUser =
    !isCopy(t.inputs.type) || (observed.template && adoptedPath(t.inputs) === undefined);
  if (asUser && observed.user !== mark) {
    const users = usersDirectory(t.storage, t.inputs.base.templateName);
    const old = observed.user === undefined ? [] : [removeFile(userLink(t))];
    commands.push(makeDirectory(users), ...old, makeLink(mark, userLink(t)));
  }
  const { dataset } = observed;
  if (dataset !== undefined && dataset.mark !== mark)
    commands.push(markDataset(dataset.name, mark));
  return commands;
}

/** A jail that was stopped for its layers, image or records runs again, whatever became of them: the next run goes on. */
function startAgain(t: JailTarget, observed: JailObserved): Command[] {
  const { name, running } = t.inputs;
  const changes = [
    ...planLayers(t, observed).stopped,
    ...planGrowth(t, observed),
    ...planMerge(t, observed),
    ...withUnion(t, observed, []),
  ];
  const stopped = observed.running !== undefined && changes.length > 0;
  return stopped && running ? [startStopped(confFile(name), name)] : [];
}

/**
 * Files, configuration and the state of the jail. A stop goes by the file that the jail was started from, so it
 * comes before the new file is written; a crash between the two is then seen as a jail that does not run.
 */
function planConfiguration(t: JailTarget, observed: JailObserved): Command[] {
  const { inputs } = t;
  const { name } = inputs;
  const addresses = observed.addresses.filter((each): each is JailAddress => each !== undefined);
  const desired = desiredConf(t, addresses, observed.osreldate);
  const conf = renderConf(desired);
  const live = liveChanges(t, observed);
  const layers = planLayers(t, observed);
  const growth = planGrowth(t, observed);
  const restart = live.restart.length + layers.stopped.length + growth.length > 0;
  const stop = observed.running !== undefined && (restart || !inputs.running);
  const starting = inputs.running && (observed.running === undefined || restart);
  const lingering =
    observed.mounts.length > 0 ||
    observed.disks.length > 0 ||
    (!inputs.running && leasedAliases(observed).length > 0);
  const remains = observed.running === undefined && lingering;
  const fstabChange = planFstab(t, observed);
  const merging = planMerge(t, observed);
  const runs = observed.running !== undefined && !stop;
  const limits = planLimits(t, observed, desired, runs);
  return [
    ...layers.before,
    ...(stop ? planStop(t, observed) : []),
    // What a crash left mounted would be mounted a second time; an alias without its jail is nobody's.
    ...(remains ? planSweep(t, observed) : []),
    ...growth,
    ...planQuota(t, observed),
    // A jail cannot be started with what was merged and has another name: its fstab follows at once.
    ...(merging.length > 0 ? [...merging, ...fstabChange] : []),
    ...planContent(t, observed, { starting, runs, layers: layers.stopped }),
    ...(merging.length > 0 ? [] : fstabChange),
    ...(stop ? [] : live.before),
    ...limits.before,
    ...(conf === observed.conf
      ? []
      : [makeDirectory(confDirectory), putFile(confFile(name), conf)]),
    ...limits.after,
    ...(stop ? [] : live.after),
    ...(starting ? [startJail(confFile(name), name)] : []),
    ...(runs || starting ? planSoftware(t, observed, { starting }) : []),
  ];
}

function planFstab({ inputs, storage }: JailTarget, observed: JailObserved): Command[] {
  const file = fstabFile(storage, inputs.name);
  const text = desiredFstabText(inputs, storage);
  if (text === observed.fstab) return [];
  return [text === undefined ? removeFile(file) : putFile(file, text)];
}

/** What is written in the jail: its layers, files, and when it is to start, its mount points. */
function planContent(
  t: JailTarget,
  observed: JailObserved,
  { starting, runs, layers }: { starting: boolean; runs: boolean; layers: readonly Command[] },
): Command[] {
  // A layer may have brought files that are declared otherwise.
  const files = layers.length === 0 ? observed : { ...observed, files: new Map() };
  const commands = [...layers, ...planFiles(t, files), ...(starting ? planMountPoints(t) : [])];
  return runs ? commands : withUnion(t, observed, withDevice(t, observed, commands));
}

/** Leases that are not wanted any more go when nothing uses their addresses. */
function planLeases(t: JailTarget, observed: JailObserved): Command[] {
  const wanted = new Set(observed.slots.map(({ lease }) => lease));
  return [...observed.held]
    .filter(([, target]) => !wanted.has(target))
    .map(([address, target]) => dropLease(leasesDirectory(t.storage), target, address));
}

/**
 * Boot goes through jail_list on every release. A list that was empty meant "all of /etc/jail.conf": those names
 * are added first, or they would not start any more (transcript 22).
 */
function planBoot(t: JailTarget, { boot, configured, rcRemembered }: JailObserved): Command[] {
  const { name, autostart } = t.inputs;
  const listed = boot.list.includes(name);
  if (!autostart) return listed ? [removeFromJailList(name)] : [];
  if (listed && boot.enabled) return [];
  const made = [
    ...(boot.enabled ? [] : ["jail_enable"]),
    ...(boot.list.length > 0 ? [] : ["jail_list"]),
  ];
  const others = boot.list.length > 0 ? [] : configured.filter((other) => other !== name);
  return [
    ...(rcRemembered ? [] : [replaceLink(`made:${made.join(",")}`, rcLink(t))]),
    ...(listed ? [] : [addToJailList([...others, name])]),
    ...(boot.enabled ? [] : [enableJails]),
  ];
}
