/** Stopping a jail, and taking away what a stop or a crash leaves. */
import type { Command } from "../freebsd/command.js";
import { removeTree } from "../freebsd/files.js";
import { removeAliases } from "../freebsd/ifconfig.js";
import { mustBeStopped, removeJail, stopJail } from "../freebsd/jail.js";
import { confFile } from "../freebsd/layout.js";
import { sweepMounts } from "../freebsd/mount.js";
import { destroyDataset } from "../freebsd/zfs.js";
import { type JailObserved, type JailTarget, placeOf } from "./jail-observe.js";

export function removePartial(t: JailTarget): Command[] {
  const { partial, partialDataset } = placeOf(t);
  return [partialDataset === undefined ? removeTree(partial) : destroyDataset(partialDataset)];
}

/** Stops the jail and takes away what jail(8) may have left: mounts that were busy, aliases of another file. */
export function planStop(t: JailTarget, observed: JailObserved): Command[] {
  const { name } = t.inputs;
  const stop = observed.conf === undefined ? removeJail(name) : stopJail(confFile(name), name);
  return [stop, mustBeStopped(name), ...planSweep(t, observed)];
}

/** Mounts below the root, deepest first, and aliases that our leases cover. */
export function planSweep(t: JailTarget, observed: JailObserved): Command[] {
  const aliases = leasedAliases(observed);
  return [sweepMounts(placeOf(t).path), ...(aliases.length > 0 ? [removeAliases(aliases)] : [])];
}

export const leasedAliases = ({ held, interfaces }: JailObserved) =>
  interfaces.addresses.filter(({ address }) => held.has(address));
