/** A jail's inputs as the host has them: what a refresh finds changed. */
import type { JailAddress } from "./jail-addresses.js";
import { kernelParameters } from "./jail-conf.js";
import { driftedFiles } from "./jail-files.js";
import { driftedImage, lacksImage } from "./jail-image.js";
import type { JailInputs } from "./jail-inputs.js";
import { driftedLayers } from "./jail-layers.js";
import { driftedLimits } from "./jail-limits-drift.js";
import { differs, shownParameter } from "./jail-live.js";
import { missingMounts, seesTemplate } from "./jail-mounts.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { driftedQuota } from "./jail-quota.js";
import { driftedRecord } from "./jail-record.js";
import { driftedSoftware } from "./jail-software.js";
import { templatePath } from "./jail-upgrade-place.js";
import { linuxMounts } from "./linux-jail.js";
import { isOurs } from "./ownership.js";
import { isCopy, mountPoint } from "./thin.js";

/** The inputs as the host has them, so that the next preview shows what an update will repair. */
export function drifted(t: JailTarget, observed: JailObserved): JailInputs {
  const { inputs } = t;
  const { running } = observed;
  const autostart = observed.boot.enabled && observed.boot.list.includes(inputs.name);
  const stopped = {
    ...inputs,
    running: running !== undefined,
    autostart,
    ...driftedFiles(t, observed),
    ...driftedSoftware(t, observed),
    ...driftedLayers(t, observed),
    ...driftedBase(t, observed),
    ...driftedImage(t, observed),
    ...driftedRecord(t, observed),
    ...driftedLimits(t, observed),
    ...driftedQuota(t, observed),
  };
  if (running === undefined) return stopped;
  const declared = inputs.hostname ?? inputs.name;
  return {
    ...stopped,
    ...(running.hostname === declared ? {} : { hostname: running.hostname }),
    addresses: driftedAddresses(inputs, observed),
    mounts: driftedMounts(t, observed),
    parameters: driftedParameters(inputs, observed),
  };
}

/** Addresses that the running jail lacks are left out; ones that it has beyond are shown. */
function driftedAddresses(
  inputs: JailInputs,
  { addresses, running, interfaces }: JailObserved,
): JailInputs["addresses"] {
  const has = (each: JailAddress | undefined): boolean =>
    each !== undefined &&
    running!.addresses.includes(each.address) &&
    (each.interface === undefined ||
      interfaces.addresses.some(
        (on) => on.address === each.address && on.interface === each.interface,
      ));
  const kept = inputs.addresses.filter((_, i) => has(addresses[i]));
  const declared = new Set(addresses.map((each) => each?.address));
  const extra = running!.addresses.filter((each) => !declared.has(each));
  return [...kept, ...extra.map((address) => ({ kind: "address" as const, address }))];
}

/** Kernel parameters whose values differ from the declared ones, or from the defaults of jail(8). */
function driftedParameters(
  inputs: JailInputs,
  { running }: JailObserved,
): JailInputs["parameters"] {
  const parameters = { ...inputs.parameters };
  for (const [name, wanted] of Object.entries(kernelParameters(inputs))) {
    const shown = shownParameter(running!, name);
    if (shown === undefined || !differs(name, shown, wanted)) continue;
    parameters[name] = typeof shown === "string" && /^-?\d+$/.test(shown) ? Number(shown) : shown;
  }
  return parameters;
}

/** Declared mounts that the running jail lacks are left out. */
function driftedMounts(t: JailTarget, observed: JailObserved): JailInputs["mounts"] {
  const { inputs, storage } = t;
  const missing = new Set(missingMounts(t, observed).map(({ on }) => on));
  return inputs.mounts.filter(({ target }) => !missing.has(mountPoint(inputs, storage, target)));
}

/** What every Linux jail has mounted, and no declared mount would show as missing. */
function missingLinuxMounts(t: JailTarget, observed: JailObserved): string[] {
  const missing = new Set(missingMounts(t, observed).map(({ on }) => on));
  return linuxMounts(t.inputs)
    .map(({ target }) => target)
    .filter((target) => missing.has(mountPoint(t.inputs, t.storage, target)));
}

/** A jail that is no user of its template, or does not show it: the release says so. */
function driftedBase(t: JailTarget, observed: JailObserved): { base?: JailInputs["base"] } {
  const { type, base } = t.inputs;
  const { tree } = observed.upgrade;
  if (tree !== undefined && tree !== base.templateName) {
    return { base: { ...base, templateName: tree, path: templatePath(t, tree) } };
  }
  const says = (fault: string) => ({ base: { ...base, release: `${base.release} (${fault})` } });
  const missing = observed.running === undefined ? [] : missingLinuxMounts(t, observed);
  if (missing.length > 0) return says(`without ${missing.join(", ")}`);
  if (lacksImage(observed)) return says("its image is gone");
  if (observed.running !== undefined && !seesTemplate(t, observed))
    return says("not what is mounted");
  if (isCopy(type)) return {};
  const linked = observed.user !== undefined && isOurs(observed.user, t);
  return linked ? {} : says("the jail's link to the template is gone");
}
