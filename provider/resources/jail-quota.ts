/** How much the dataset of a jail may hold. */
import type { Command } from "../freebsd/command.js";
import { parseQuota, setQuota, showQuota } from "../freebsd/quota.js";
import { expandNumber } from "../freebsd/rctl.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { Refused, type Results } from "./resource.js";

/** In bytes; 0 is none. A quota that nobody declared is left alone, unless it was declared before. */
function wantedQuota({ inputs, former }: JailTarget): bigint | undefined {
  const declared = inputs.quota ?? (former?.quota === undefined ? undefined : "none");
  if (declared === undefined) return undefined;
  return declared === "none" ? 0n : expandNumber(declared);
}

export function observeQuota(t: JailTarget): Record<string, Command> {
  const { dataset } = placeOf(t);
  return dataset === undefined || wantedQuota(t) === undefined ? {} : { quota: showQuota(dataset) };
}

export const parseJailQuota = (results: Results): bigint | undefined =>
  results.quota && parseQuota(results.quota);

/** Told before anything is done. */
export function refuseQuota(t: JailTarget): void {
  const { quota } = t.inputs;
  if (quota === undefined || quota === "none" || placeOf(t).dataset !== undefined) return;
  throw new Refused(
    "quota: the host keeps its jails in directories, which nothing limits one by one. Set dataset on the host (ZFS), " +
      'use type "image", whose file has a size, or leave quota out.',
  );
}

export function planQuota(t: JailTarget, { quota }: JailObserved): Command[] {
  const wanted = wantedQuota(t);
  const { dataset } = placeOf(t);
  if (dataset === undefined || wanted === undefined || wanted === (quota ?? 0n)) return [];
  return [setQuota(dataset, wanted)];
}

/** As the host has it. */
export function driftedQuota(t: JailTarget, { quota }: JailObserved): Partial<JailInputs> {
  if (t.inputs.quota === undefined || quota === undefined || quota === wantedQuota(t)) return {};
  return { quota: quota === 0n ? "none" : `${quota}` };
}

/** After an error: a quota that is not declared any more is still there, and still to be taken away. */
export const remainingQuota = (t: JailTarget, { quota }: JailObserved): Partial<JailInputs> =>
  t.inputs.quota === undefined && t.former?.quota !== undefined && (quota ?? 0n) > 0n
    ? { quota: t.former.quota }
    : {};
