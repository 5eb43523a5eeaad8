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
  setAside,
} from "../freebsd/files.js";
import { removeAliases } from "../freebsd/ifconfig.js";
import { copyResolver, digestOf, makeInside, putInside, removeInside } from "../freebsd/inside.js";
import { mustBeStopped, removeJail, startJail, stopJail } from "../freebsd/jail.js";
import { renderConf } from "../freebsd/jail-conf.js";
import {
  confDirectory,
  confFile,
  consoleLog,
  fstabFile,
  leasesDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import { dropLease } from "../freebsd/lease.js";
import { formatMark, markProperty } from "../freebsd/mark.js";
import { sweepMounts } from "../freebsd/mount.js";
import { rcName } from "../freebsd/names.js";
import { isKernelParameter } from "../freebsd/parameters.js";
import { addToJailList, enableJails, removeFromJailList } from "../freebsd/sysrc.js";
import {
  cloneSnapshot,
  createDataset,
  destroyDataset,
  markDataset,
  renameDataset,
} from "../freebsd/zfs.js";
import { baseSnapshot } from "./base-release.js";
import { type JailAddress, refuseFailedLeases } from "./jail-addresses.js";
import { desiredConf, desiredFiles, desiredFstabText } from "./jail-conf.js";
import { liveChanges } from "./jail-live.js";
import {
  type JailObserved,
  type JailTarget,
  markLink,
  placeOf,
  rcLink,
  userLink,
} from "./jail-observe.js";
import { isOurs, ownerOf } from "./ownership.js";
import { type Plan, Refused } from "./resource.js";
import { planStorage, planTidy } from "./storage.js";

const locksOf = (t: JailTarget): string[] => [`jail.${t.inputs.name}`];

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

/** Whatever has the name and no mark of ours is somebody else's. */
function refuseForeign(t: JailTarget, observed: JailObserved): void {
  const { name, adopt } = t.inputs;
  if (observed.mark !== undefined) {
    if (isOurs(observed.mark, t)) return;
    throw new Refused(
      `the name is taken by the jail of ${ownerOf(observed.mark)}. Choose another name.`,
    );
  }
  const traces = [
    ...(observed.running === undefined
      ? []
      : [`a jail of that name runs (jid ${observed.running.jid})`]),
    ...(observed.conf === undefined ? [] : [`${confFile(name)} exists`]),
    ...(observed.root ? [`${placeOf(t).path} exists`] : []),
  ];
  if (traces.length > 0 && !adopt) {
    throw new Refused(
      `${traces.join(", ")}, and carries no mark of ours. Set adopt: true to take the jail over with its data, ` +
        "or choose another name.",
    );
  }
  const alike = [...observed.neighbours.keys()].find(
    (other) => other !== name && rcName(other) === rcName(name),
  );
  if (alike !== undefined) {
    throw new Refused(
      `the host has a jail ${alike}: rc.d/jail takes ${rcName(name)} for both names. Choose a name that differs in ` +
        'more than "-" and "_".',
    );
  }
}

/** What the host cannot give, told before anything is done. */
function refuseHost(t: JailTarget, observed: JailObserved): void {
  const { inputs } = t;
  const { path, dataset } = placeOf(t);
  if (observed.running !== undefined && observed.running.path !== path) {
    throw new Refused(
      `the running jail lives in ${observed.running.path}, not in ${path}. Stop it and move its tree there, or set ` +
        "the host's root to match.",
    );
  }
  if (!observed.root && !observed.template) {
    throw new Refused(
      `the base ${inputs.base.path} is not on the host. Is it a BaseRelease of the same host?`,
    );
  }
  if (!observed.root && inputs.type === "clone" && dataset === undefined) {
    throw new Refused("a clone needs ZFS: set dataset on the host, or use type thick");
  }
  for (const address of observed.addresses) refuseAddress(address, observed);
  refuseUnknownParameters(t, observed);
}

function refuseAddress(address: JailAddress | undefined, { interfaces }: JailObserved): void {
  if (address === undefined) return;
  const known = [...interfaces.names].join(", ");
  if (address.interface !== undefined && !interfaces.names.has(address.interface)) {
    throw new Refused(
      `there is no interface ${address.interface} for ${address.address}. The host has ${known}.`,
    );
  }
  const present = interfaces.addresses.some((each) => each.address === address.address);
  if (address.interface === undefined && !present) {
    throw new Refused(
      `the address ${address.address} is on no interface of the host (${known}). Give it an interface to add it to.`,
    );
  }
}

/** Parameters that only a newer kernel, or a module that is not loaded, knows. */
function refuseUnknownParameters({ inputs }: JailTarget, { facts }: JailObserved): void {
  const unknown = kernelParameters(inputs).filter(
    (name) => facts?.jailParameters.has(name) === false,
  );
  if (unknown.length === 0) return;
  throw new Refused(
    `the host's kernel does not know ${unknown.map((name) => `parameters.${name}`).join(", ")} ` +
      "(sysctl security.jail.param). A newer FreeBSD, or a kernel module, has them.",
  );
}

function kernelParameters(inputs: JailTarget["inputs"]): string[] {
  return Object.keys(inputs.parameters)
    .map((name) => name.replace(/^(meta|env)\..*$/, "$1"))
    .filter((name) => isKernelParameter(name));
}

/** The name is claimed first and given up last: what a crash leaves can always be found again. */
function planClaim(t: JailTarget, observed: JailObserved): Command[] {
  const mark = formatMark(t.mark);
  const commands = [
    ...planStorage(t.storage, observed.storage),
    ...(observed.mark === undefined ? [makeLink(mark, markLink(t))] : []),
    ...(observed.mark !== undefined && observed.mark !== mark
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

function removePartial(t: JailTarget): Command[] {
  const { partial, partialDataset } = placeOf(t);
  return [partialDataset === undefined ? removeTree(partial) : destroyDataset(partialDataset)];
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

/** Stops the jail and takes away what jail(8) may have left: mounts that were busy, aliases of another file. */
function planStop(t: JailTarget, observed: JailObserved): Command[] {
  const { name } = t.inputs;
  const stop = observed.conf === undefined ? removeJail(name) : stopJail(confFile(name), name);
  return [stop, mustBeStopped(name), ...planSweep(t, observed)];
}

/** Mounts below the root, deepest first, and aliases that our leases cover. */
function planSweep(t: JailTarget, observed: JailObserved): Command[] {
  const aliases = leasedAliases(observed);
  return [sweepMounts(placeOf(t).path), ...(aliases.length > 0 ? [removeAliases(aliases)] : [])];
}

const leasedAliases = ({ held, interfaces }: JailObserved) =>
  interfaces.addresses.filter(({ address }) => held.has(address));

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

export function planJailAbsent(t: JailTarget, observed: JailObserved): Plan {
  const ours = observed.mark !== undefined && isOurs(observed.mark, t);
  const { name, base } = t.inputs;
  const tidy = planTidy(t.storage, observed.storage, [
    usersDirectory(t.storage, base.templateName),
  ]);
  if (!ours) return { locks: locksOf(t), commands: planOrphans(t, observed), tidy };
  refuseForeignMounts(observed);
  refuseSnapshots(observed);
  const commands = [
    ...(observed.running === undefined ? planSweep(t, observed) : planStop(t, observed)),
    ...(observed.boot.list.includes(name) ? [removeFromJailList(name)] : []),
    ...planRootRemoval(t, observed),
    removeFile(fstabFile(t.storage, name)),
    removeFile(consoleLog(name)),
    ...planOrphans(t, observed),
    ...(observed.user === undefined ? [] : [removeFile(userLink(t))]),
    removeFile(confFile(name)),
    removeFile(markLink(t)),
  ];
  return { locks: locksOf(t), commands, tidy };
}

/** Told before the jail is stopped: what somebody mounted in its root would be in the way, or be deleted with it. */
function refuseForeignMounts({ foreignMounts }: JailObserved): void {
  if (foreignMounts.length === 0) return;
  const list = foreignMounts.map(({ from, on }) => `${from} on ${on}`).join(", ");
  throw new Refused(
    `something that no fstab of ours mounts is in the jail's root: ${list}. Unmount it, or destroy the dataset.`,
  );
}

/** Told before the jail is stopped, too: zfs destroy without -r keeps them and fails. */
function refuseSnapshots({ snapshots }: JailObserved): void {
  if (snapshots.length === 0) return;
  throw new Refused(
    `the jail's dataset has snapshots that are not ours to destroy: ${snapshots.join(", ")}. Destroy them first.`,
  );
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
    return [...partial, destroyDataset(dataset)];
  }
  const leftover = observed.deleted ? [removeTree(deleted)] : [];
  const moved = observed.root ? [setAside(path, deleted), removeTree(deleted)] : [];
  return [...leftover, ...moved, ...partial];
}

function refuseForeignDataset(t: JailTarget, { dataset }: JailObserved): void {
  if (dataset?.mark === undefined || isOurs(dataset.mark, t)) return;
  throw new Refused(
    `the dataset ${dataset.name} carries the mark of ${ownerOf(dataset.mark)}: not destroyed.`,
  );
}
