/**
 * A jail of another tool that stays where it is, `adopt: { path }`: its tree is never made, moved or removed here.
 * What is ours of it is its configuration, its leases and its place in the host's boot.
 */
import type { Command } from "../freebsd/command.js";
import { makeDirectory, removeFile } from "../freebsd/files.js";
import { confFile, fstabFile, leasesDirectory, stateDirectory } from "../freebsd/layout.js";
import { dropLease } from "../freebsd/lease.js";
import { removeFromJailList } from "../freebsd/sysrc.js";
import { removeLimits } from "./jail-limits.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf, markLink } from "./jail-place.js";
import { planStop, planSweep } from "./jail-stop.js";
import { isOurs } from "./ownership.js";
import { type Plan, Refused } from "./resource.js";
import { planTidy } from "./storage.js";
import { adoptedPath } from "./thin.js";

/**
 * No base was made on the host before, so there may be no place for leases yet. On ZFS that is a dataset, which only a
 * plan makes.
 */
export function prepareAdopted({ inputs, storage }: JailTarget): Record<string, Command> {
  const needed = adoptedPath(inputs) !== undefined && inputs.addresses.length > 0;
  return needed && storage.dataset === undefined
    ? { layout: makeDirectory(stateDirectory(storage)) }
    : {};
}

/** The parts of the plan for a jail that is there. */
interface Parts {
  readonly claim: readonly Command[];
  readonly rest: readonly Command[];
}

/** What needs a tree of ours. */
export function refuseAdopted({ inputs }: JailTarget, what: string): void {
  const path = adoptedPath(inputs);
  if (path === undefined) return;
  throw new Refused(
    `${path} is the tree of another tool, which is adopted where it is: it is not ours for ${what}.`,
  );
}

export function planAdopted(t: JailTarget, observed: JailObserved, parts: Parts): Plan {
  if (!observed.root) {
    throw new Refused(
      `${adoptedPath(t.inputs)} is not there: a jail that is adopted where it is has its root already.`,
    );
  }
  return { locks: locksOf(t), commands: [...parts.claim, ...parts.rest] };
}

/** The jail is stopped and forgotten; its tree, and what its former tool knows of it, stay as they are. */
export function planAdoptedAbsent(t: JailTarget, observed: JailObserved): Plan {
  const { name } = t.inputs;
  const leases = [...observed.held].map(([address, target]) =>
    dropLease(leasesDirectory(t.storage), target, address),
  );
  const tidy = planTidy(t.storage, observed.storage, []);
  const ours = observed.mark !== undefined && isOurs(observed.mark, t);
  if (!ours) return { locks: locksOf(t), commands: leases, tidy };
  const commands = [
    ...(observed.running === undefined ? planSweep(t, observed) : planStop(t, observed)),
    ...removeLimits(t, observed),
    ...(observed.boot.list.includes(name) ? [removeFromJailList(name)] : []),
    removeFile(fstabFile(t.storage, name)),
    ...leases,
    removeFile(confFile(name)),
    removeFile(markLink(t)),
  ];
  return { locks: locksOf(t), commands, tidy };
}
