/** Stopping a jail, and taking away what a stop or a crash leaves. */
import type { Command } from "../freebsd/command.js";
import { removeTree } from "../freebsd/files.js";
import { removeAliases } from "../freebsd/ifconfig.js";
import { killJail, mustBeStopped, removeJail, stopJail, stopOrKill } from "../freebsd/jail.js";
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
export function planStop(
  t: JailTarget,
  observed: JailObserved,
  { force = false }: { force?: boolean } = {},
): Command[] {
  const stop = force ? forcing(t, observed) : stopping(t, observed);
  return [stop, mustBeStopped(t.inputs.name), ...planSweep(t, observed)];
}

/** Seconds that a jail has for its hooks, which jail(8) waits for without end, before it is killed. */
const patience = 120;

function forcing(t: JailTarget, { conf }: JailObserved): Command {
  const { name } = t.inputs;
  return stopOrKill(
    conf === undefined ? undefined : confFile(name),
    name,
    patience + stopTimeout(t),
  );
}

/** By its own file. A thin jail whose template was unmounted has no shell left that exec.stop could run. */
function stopping(t: JailTarget, observed: JailObserved): Command {
  const { name } = t.inputs;
  if (!seesTemplate(t, observed)) return killJail(name);
  const stop = observed.conf === undefined ? removeJail(name) : stopJail(confFile(name), name);
  return { ...stop, deadline: (stop.deadline ?? 0) + stopTimeout(t) };
}

/** Seconds that jail(8) waits for the processes of the jail: by its present file, or by the one before that. */
function stopTimeout({ inputs, former }: JailTarget): number {
  const declared = [inputs, former].map((each) => each?.parameters["stop.timeout"]);
  return Math.max(10, ...declared.filter((each) => typeof each === "number"));
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
