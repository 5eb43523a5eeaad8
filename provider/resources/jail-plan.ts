/** What is missing between a declared jail and the one on the host: pure, in the order in which it is done. */
import { act, type Command } from "../freebsd/command.js";
import {
  copyTree,
  makeDirectory,
  makeLink,
  putFile,
  removeFile,
  removeTree,
  rename,
  replaceLink,
} from "../freebsd/files.js";
import { copyResolver, digestOf, makeInside, putInside, removeInside } from "../freebsd/inside.js";
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
import { formatMark, markProperty } from "../freebsd/mark.js";
import { addToJailList, enableJails, removeFromJailList } from "../freebsd/sysrc.js";
import { cloneSnapshot, createDataset, markDataset, renameDataset } from "../freebsd/zfs.js";
import { baseSnapshot } from "./base-inputs.js";
import { type JailAddress, refuseFailedLeases } from "./jail-addresses.js";
import { desiredConf, desiredFiles, desiredFstabText } from "./jail-conf.js";
import { liveChanges } from "./jail-live.js";
import {
  type JailObserved,
  type JailTarget,
  locksOf,
  markLink,
  placeOf,
  rcLink,
  userLink,
} from "./jail-observe.js";
import { refuseForeign, refuseHost } from "./jail-refusals.js";
import { leasedAliases, planStop, planSweep, removePartial } from "./jail-stop.js";
import type { Plan } from "./resource.js";
import { planStorage } from "./storage.js";

export function planJail(t: JailTarget, observed: JailObserved): Plan {
  refuseForeign(t, observed);
  refuseFailedLeases(observed.slots, observed.leases);
  refuseHost(t, observed);
  const commands = [
    ...planClaim(t, observed),
    ...planRoot(t, observed),
    ...planConfiguration(t, observed),
    ...planLeases(t, observed),
    ...planBoot(t, observed),
  ];
  const staged = commands.length > 0 && !observed.root;
  return { locks: locksOf(t), commands, ...(staged ? { onFailure: removePartial(t) } : {}) };
}

/** The name is claimed first and given up last: what a crash leaves can always be found again. */
function planClaim(t: JailTarget, observed: JailObserved): Command[] {
  const mark = formatMark(t.mark);
  const commands = [
    ...planStorage(t.storage, observed.storage),
    ...(observed.link === undefined ? [makeLink(mark, markLink(t))] : []),
    ...(observed.link !== undefined && observed.link !== mark
      ? [replaceLink(mark, markLink(t))]
      : []),
  ];
  if (t.inputs.type === "clone" && observed.user !== mark) {
    const users = usersDirectory(t.storage, t.inputs.base.templateName);
    const old = observed.user === undefined ? [] : [removeFile(userLink(t))];
    commands.push(makeDirectory(users), ...old, makeLink(mark, userLink(t)));
  }
  const { dataset } = observed;
  if (dataset !== undefined && dataset.mark !== mark)
    commands.push(markDataset(dataset.name, mark));
  return commands;
}

/** The root, built beside under another name and given its own when it is whole. */
function planRoot(t: JailTarget, observed: JailObserved): Command[] {
  const leftovers = [
    ...(observed.partial ? removePartial(t) : []),
    ...(observed.deleted ? [removeTree(placeOf(t).deleted)] : []),
  ];
  if (observed.root) return leftovers;
  const { path, partial, dataset, partialDataset } = placeOf(t);
  const { base, type, resolver } = t.inputs;
  const mark = formatMark(t.mark);
  const resolving = resolver === "host" ? [copyResolver(partial)] : [];
  if (dataset === undefined || partialDataset === undefined) {
    const copying = [act(["mkdir", partial]), copyTree(base.path, partial)];
    return [...leftovers, ...copying, ...resolving, rename(partial, path)];
  }
  const making =
    type === "clone"
      ? [cloneSnapshot(baseSnapshot(base.dataset!), partialDataset, mark)]
      : [createDataset(partialDataset, [`${markProperty}=${mark}`]), copyTree(base.path, partial)];
  return [...leftovers, ...making, ...resolving, renameDataset(partialDataset, dataset)];
}

/**
 * Files, configuration and the state of the jail. A stop goes by the file that the jail was started from, so it
 * comes before the new file is written; a crash between the two is then seen as a jail that does not run.
 */
function planConfiguration(t: JailTarget, observed: JailObserved): Command[] {
  const { inputs, storage } = t;
  const { name } = inputs;
  const addresses = observed.addresses.filter((each): each is JailAddress => each !== undefined);
  const conf = renderConf(desiredConf(t, addresses));
  const fstab = inputs.mounts.length > 0 ? desiredFstabText(inputs, storage) : undefined;
  const live = liveChanges(t, observed);
  const restart = live.restart.length > 0;
  const stop = observed.running !== undefined && (restart || !inputs.running);
  const starting = inputs.running && (observed.running === undefined || restart);
  const lingering =
    observed.mounts.length > 0 || (!inputs.running && leasedAliases(observed).length > 0);
  const remains = observed.running === undefined && lingering;
  const writeFstab = fstab !== undefined && fstab !== observed.fstab;
  return [
    ...(stop ? planStop(t, observed) : []),
    // What a crash left mounted would be mounted a second time; an alias without its jail is nobody's.
    ...(remains ? planSweep(t, observed) : []),
    ...planFiles(t, observed),
    ...(starting ? planMountPoints(t) : []),
    ...(writeFstab ? [putFile(fstabFile(storage, name), fstab)] : []),
    ...(fstab === undefined && observed.fstab !== undefined
      ? [removeFile(fstabFile(storage, name))]
      : []),
    ...(stop ? [] : live.before),
    ...(conf === observed.conf
      ? []
      : [makeDirectory(confDirectory), putFile(confFile(name), conf)]),
    ...(stop ? [] : live.after),
    ...(starting ? [startJail(confFile(name), name)] : []),
  ];
}

function planFiles(t: JailTarget, observed: JailObserved): Command[] {
  const { inputs, former } = t;
  const { path: root } = placeOf(t);
  const desired = desiredFiles(inputs);
  const commands = Object.entries(desired).flatMap(([path, { content, mode, owner }]) => {
    const found = observed.files.get(path);
    const digest = digestOf(content);
    const same = found?.digest === digest && found.mode === mode && found.owner === owner;
    return same ? [] : [putInside(inputs.name, root, { path, mode, owner }, content)];
  });
  const gone = Object.keys(former === undefined ? {} : desiredFiles(former))
    .filter((path) => desired[path] === undefined && observed.files.has(path))
    .map((path) => removeInside(inputs.name, root, path));
  return [...commands, ...gone];
}

function planMountPoints(t: JailTarget): Command[] {
  const targets = t.inputs.mounts.map(({ target }) => target);
  return targets.length === 0 ? [] : [makeInside(placeOf(t).path, targets)];
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
