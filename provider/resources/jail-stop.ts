/** Stopping a jail, and taking away what a stop or a crash leaves. */
import type { Command } from "../freebsd/command.js";
import { removeTree } from "../freebsd/files.js";
import { removeAliases } from "../freebsd/ifconfig.js";
import { killJail, mustBeStopped, removeJail, stopJail } from "../freebsd/jail.js";
import { confFile } from "../freebsd/layout.js";
import { sweepMounts } from "../freebsd/mount.js";
import { destroyDataset } from "../freebsd/zfs.js";
import { seesTemplate } from "./jail-mounts.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { releaseUnion } from "./jail-record.js";
import { releaseDevice, removeUnfinished } from "./thin-device.js";

export function removePartial(t: JailTarget): Command[] {
  const { partial, partialDataset } = placeOf(t);
  return [
    ...releaseDevice(t, { partial: true }),
    ...removeUnfinished(t),
    partialDataset === undefined ? removeTree(partial) : destroyDataset(partialDataset),
  ];
}

/** Stops the jail and takes away what jail(8) may have left: mounts that were busy, aliases of another file. */
export function planStop(t: JailTarget, observed: JailObserved): Command[] {
  return [stopping(t, observed), mustBeStopped(t.inputs.name), ...planSweep(t, observed)];
}

/** By its own file. A thin jail whose template was unmounted has no shell left that exec.stop could run. */
function stopping(t: JailTarget, observed: JailObserved): Command {
  const { name } = t.inputs;
  if (!seesTemplate(t, observed)) return killJail(name);
  return observed.conf === undefined ? removeJail(name) : stopJail(confFile(name), name);
}

/** Mounts below the root, deepest first, and aliases that our leases cover. */
export function planSweep(t: JailTarget, observed: JailObserved): Command[] {
  const aliases = leasedAliases(observed);
  return [
    sweepMounts(placeOf(t).path),
    ...releaseUnion(t, observed),
    ...releaseDevice(t),
    ...(aliases.length > 0 ? [removeAliases(aliases)] : []),
  ];
}

export const leasedAliases = ({ held, interfaces }: JailObserved) =>
  interfaces.addresses.filter(({ address }) => held.has(address));
