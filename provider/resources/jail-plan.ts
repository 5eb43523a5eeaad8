/** What is missing between a declared jail and the one on the host: pure, in the order in which it is done. */
import type { Command } from "../freebsd/command.js";
import { confFile, leasesDirectory } from "../freebsd/layout.js";
import { dropLease } from "../freebsd/lease.js";
import { startStopped } from "../freebsd/upgrade.js";
import { refuseFailedLeases } from "./jail-addresses.js";
import { planAdopted } from "./jail-adopted.js";
import { planBoot } from "./jail-boot.js";
import { planClaim } from "./jail-claim.js";
import { planConfiguration } from "./jail-configure.js";
import { planGrowth } from "./jail-image.js";
import { baseImagePlan, baseImageRemains } from "./jail-image-root.js";
import { planLayers } from "./jail-layers.js";
import { refuseLayers } from "./jail-layers-refusals.js";
import { layerLeftovers } from "./jail-layers-remains.js";
import { refuseLimits } from "./jail-limits.js";
import { refuseElsewhere } from "./jail-move-picture.js";
import { moveLeftovers } from "./jail-move-remains.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf } from "./jail-place.js";
import { refuseQuota } from "./jail-quota.js";
import { planMerge, refuseRecording, releaseUnion, withUnion } from "./jail-record.js";
import { refuseForeign, refuseHost } from "./jail-refusals.js";
import { planRename } from "./jail-rename.js";
import { settled } from "./jail-rename-picture.js";
import { refuseForgotten } from "./jail-rename-refusals.js";
import { planRoot } from "./jail-root.js";
import { removePartial } from "./jail-stop.js";
import { planUpgrade } from "./jail-upgrade.js";
import { currentTemplate, noteTree, upgradeLeftovers } from "./jail-upgrade-remains.js";
import type { Plan } from "./resource.js";
import { adoptedPath } from "./thin.js";
import { releaseDevice } from "./thin-device.js";

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

/** Leases that are not wanted any more go when nothing uses their addresses. */
function planLeases(t: JailTarget, observed: JailObserved): Command[] {
  const wanted = new Set(observed.slots.map(({ lease }) => lease));
  return [...observed.held]
    .filter(([, target]) => !wanted.has(target))
    .map(([address, target]) => dropLease(leasesDirectory(t.storage), target, address));
}
