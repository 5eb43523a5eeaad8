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
import { liveChanges } from "./jail-live.js";
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

/**
 * Files, configuration and the state of the jail. A stop goes by the file that the jail was started from, so it
 * comes before the new file is written; a crash between the two is then seen as a jail that does not run.
 */
export function planConfiguration(t: JailTarget, observed: JailObserved): Command[] {
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
  const merges = merging.length > 0;
  const changing = conf !== observed.conf || (fstabChange.length > 0 && !merges);
  const keeping = planKeeping(t, observed, { stop, starting, changing });
  // The former configuration has one.
  const emptied =
    merges && keeping.before.length > 0 && desiredFstabText(inputs, t.storage) === undefined
      ? [putFile(fstabFile(t.storage, name), "")]
      : undefined;
  const seen = uncover(t, observed, live.mounts.removed);
  return [
    ...(stop ? [] : live.mounts.first),
    ...layers.before,
    ...(merges ? [] : keeping.before),
    ...(stop ? planStop(t, observed) : []),
    // What a crash left mounted would be mounted a second time; an alias without its jail is nobody's.
    ...(remains ? planSweep(t, observed) : []),
    ...growth,
    ...planQuota(t, observed),
    // A jail cannot be started with what was merged and has another name: its fstab follows at once, and is kept so.
    ...(merges ? [...merging, ...(emptied ?? fstabChange), ...keeping.before] : []),
    ...planContent(t, seen, { starting, runs, layers: layers.stopped }),
    ...(merges ? [] : fstabChange),
    ...(stop ? [] : live.mounts.last),
    ...(stop ? [] : live.before),
    ...limits.before,
    ...(conf === observed.conf
      ? []
      : [makeDirectory(confDirectory), putFile(confFile(name), conf)]),
    ...limits.after,
    ...(stop ? [] : live.after),
    ...(starting ? [startJail(confFile(name), name), ...keeping.after] : []),
    ...(emptied === undefined ? [] : fstabChange),
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
