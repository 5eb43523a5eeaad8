/** What is missing of the files, the configuration and the state of a jail: pure, in the order in which it is done. */
import type { Command } from "../freebsd/command.js";
import { makeDirectory, putFile, removeFile } from "../freebsd/files.js";
import { startJail } from "../freebsd/jail.js";
import { renderConf } from "../freebsd/jail-conf.js";
import { confDirectory, confFile, fstabFile } from "../freebsd/layout.js";
import type { JailAddress } from "./jail-addresses.js";
import { desiredConf } from "./jail-conf.js";
import { planFiles } from "./jail-files.js";
import { planGrowth } from "./jail-image.js";
import { planLayers } from "./jail-layers.js";
import { planLimits } from "./jail-limits.js";
import { type LiveChanges, liveChanges } from "./jail-live.js";
import { desiredFstabText, planMountPoints } from "./jail-mounts.js";
import { uncover } from "./jail-mounts-live.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { planQuota } from "./jail-quota.js";
import { planMerge, withUnion } from "./jail-record.js";
import { planKeeping } from "./jail-restart.js";
import { planSoftware } from "./jail-software.js";
import { leasedAliases, planStop, planSweep } from "./jail-stop.js";
import { withDevice } from "./thin-device.js";

/** What becomes of the jail. */
interface Course {
  readonly desired: ReturnType<typeof desiredConf>;
  readonly conf: string;
  readonly live: LiveChanges;
  readonly layers: ReturnType<typeof planLayers>;
  readonly growth: readonly Command[];
  readonly stop: boolean;
  readonly starting: boolean;
  /** Whether it runs all the time. */
  readonly runs: boolean;
  /** Of a jail that does not run: what a crash left mounted would be mounted again; an alias is nobody's. */
  readonly remains: boolean;
}

function decide(t: JailTarget, observed: JailObserved): Course {
  const { inputs } = t;
  const { running } = observed;
  const addresses = observed.addresses.filter((each): each is JailAddress => each !== undefined);
  const desired = desiredConf(t, addresses, observed.osreldate);
  const live = liveChanges(t, observed);
  const layers = planLayers(t, observed);
  const growth = planGrowth(t, observed);
  const restart = live.restart.length + layers.stopped.length + growth.length > 0;
  const stop = running !== undefined && (restart || !inputs.running);
  const lingering =
    observed.mounts.length > 0 ||
    observed.disks.length > 0 ||
    (!inputs.running && leasedAliases(observed).length > 0);
  return {
    ...{ desired, conf: renderConf(desired), live, layers, growth, stop },
    starting: inputs.running && (running === undefined || restart),
    runs: running !== undefined && !stop,
    remains: running === undefined && lingering,
  };
}

/**
 * Files, configuration and the state of the jail. A stop goes by the file that the jail was started from, so it
 * comes before the new file is written; a crash between the two is then seen as a jail that does not run.
 */
export function planConfiguration(t: JailTarget, observed: JailObserved): Command[] {
  const course = decide(t, observed);
  const { desired, conf, live, layers, stop, starting, runs } = course;
  const { name } = t.inputs;
  const limits = planLimits(t, observed, desired, runs);
  const kept = planKept(t, observed, course);
  const seen = uncover(t, observed, live.mounts.removed);
  return [
    ...(stop ? [] : live.mounts.first),
    ...layers.before,
    ...kept.first,
    ...(stop ? planStop(t, observed) : []),
    ...(course.remains ? planSweep(t, observed) : []),
    ...course.growth,
    ...planQuota(t, observed),
    ...kept.merged,
    ...planContent(t, seen, { starting, runs, layers: layers.stopped }),
    ...kept.fstab,
    ...(stop ? [] : [...live.mounts.last, ...live.before]),
    ...limits.before,
    ...(conf === observed.conf
      ? []
      : [makeDirectory(confDirectory), putFile(confFile(name), conf)]),
    ...limits.after,
    ...(stop ? [] : live.after),
    ...(starting ? [startJail(confFile(name), name)] : []),
    ...kept.last,
    ...(runs || starting ? planSoftware(t, observed, { starting }) : []),
  ];
}

/**
 * The fstab, and the files that the jail was started by, kept for the way back. A jail cannot be started with what was
 * merged and has another name: then its fstab follows at once, and is kept so.
 */
function planKept(t: JailTarget, observed: JailObserved, { conf, stop, starting }: Course) {
  const fstab = planFstab(t, observed);
  const merging = planMerge(t, observed);
  const merges = merging.length > 0;
  const changing = conf !== observed.conf || (fstab.length > 0 && !merges);
  const { before, after } = planKeeping(t, observed, { stop, starting, changing });
  if (!merges) return { first: before, merged: [], fstab, last: after };
  // The former configuration names one: it is there, and empty, until the new one is in force.
  const emptied = before.length > 0 && desiredFstabText(t.inputs, t.storage) === undefined;
  const atOnce = emptied ? [putFile(fstabFile(t.storage, t.inputs.name), "")] : fstab;
  const last = [...after, ...(emptied ? fstab : [])];
  return { first: [], merged: [...merging, ...atOnce, ...before], fstab: [], last };
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
