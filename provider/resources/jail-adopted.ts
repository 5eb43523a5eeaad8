/**
 * A jail of another tool that stays where it is, `adopt: { path }`: its tree is never made, moved or removed here.
 * What is ours of it is its configuration, its leases and its place in the host's boot.
 */
import { type Command, look } from "../freebsd/command.js";
import { removeFile } from "../freebsd/files.js";
import { listJails } from "../freebsd/jls.js";
import {
  confFile,
  containersDirectory,
  fstabFile,
  leasesDirectory,
  stateDirectory,
} from "../freebsd/layout.js";
import { dropLease } from "../freebsd/lease.js";
import { removeFromJailList } from "../freebsd/sysrc.js";
import { forgetCommands } from "./jail-commands.js";
import { stopTenants } from "./jail-deletion.js";
import { removeLimits } from "./jail-limits.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, locksOf, markLink } from "./jail-place.js";
import { refuseTenants } from "./jail-refusals.js";
import { describeRestart, restartLeftovers, startAsBefore } from "./jail-restart.js";
import { planStop, planSweep } from "./jail-stop.js";
import { isOurs } from "./ownership.js";
import { type Plan, Refused } from "./resource.js";
import { planStorage, planTidy } from "./storage.js";
import { adoptedPath } from "./thin.js";

export function prepareAdopted({ inputs }: JailTarget): Record<string, Command> {
  const path = adoptedPath(inputs);
  if (path === undefined) return {};
  return { realRoot: { ...look(["realpath", path]), unguarded: true }, tenants: listJails };
}

/**
 * No base was made on the host before, so there may be no place for leases yet, nor for marks: that is made first, in a
 * round of its own, and the next one takes the leases.
 */
export function planPlace(t: JailTarget, observed: JailObserved): Plan | undefined {
  const { inputs, storage } = t;
  const there = observed.storage.directories.has(stateDirectory(storage));
  if (adoptedPath(inputs) === undefined || inputs.addresses.length === 0 || there) return undefined;
  refuseRoot(t, observed);
  return { locks: locksOf(t), commands: planStorage(storage, observed.storage) };
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
  refuseRoot(t, observed);
  const commands = [...parts.claim, ...parts.rest];
  if (commands.length === 0) return { locks: locksOf(t), commands };
  const undone = (after: unknown) => describeRestart(t, observed, after as JailObserved);
  return { locks: locksOf(t), commands, onFailure: startAsBefore(t, observed), undone };
}

function refuseRoot(t: JailTarget, observed: JailObserved): void {
  const { root, realRoot, tenants } = observed;
  const path = adoptedPath(t.inputs);
  if (!root) {
    throw new Refused(
      `${path} is not there: a jail that is adopted where it is has its root already.`,
    );
  }
  // A jail that runs is found by the name that the kernel has.
  if (realRoot !== undefined && realRoot !== path) {
    throw new Refused(
      `${path} goes through a link, and the jail would run in ${realRoot}. Say adopt: { path: "${realRoot}" }.`,
    );
  }
  refuseTreesOfOurs(t, observed);
  if (tenants.length > 0) {
    throw new Refused(
      `other jails run in ${path}: ${tenants.join(", ")}. Two jails must not have one tree: declare it by the name that ` +
        "it runs by, or stop them first.",
    );
  }
}

/** What is mounted in the root is unmounted with its jail: it must not be that of another one. */
function refuseTreesOfOurs({ inputs, storage }: JailTarget, { neighbours }: JailObserved): void {
  const path = adoptedPath(inputs)!;
  const containers = containersDirectory(storage);
  const others = [...neighbours.keys()].filter((name) => name !== inputs.name);
  const within = (a: string, b: string) => `${a}/`.startsWith(`${b}/`);
  const taken = [containers, ...others.map((name) => `${containers}/${name}`)].find(
    (tree, i) => within(tree, path) || (i > 0 && within(path, tree)),
  );
  if (taken === undefined) return;
  throw new Refused(
    `${taken} belongs to jails of this package, and ${path} is not to be adopted with it: adopt: true takes over a jail ` +
      "that is there by its name.",
  );
}

/** The jail is stopped and forgotten; its tree, and what its former tool knows of it, stay as they are. */
export function planAdoptedAbsent(t: JailTarget, observed: JailObserved): Plan {
  const { name, forceDelete: force } = t.inputs;
  const leases = [...observed.held].map(([address, target]) =>
    dropLease(leasesDirectory(t.storage), target, address),
  );
  const tidy = planTidy(t.storage, observed.storage, []);
  const ours = observed.mark !== undefined && isOurs(observed.mark, t);
  if (!ours) return { locks: locksOf(t), commands: leases, tidy };
  // They may have the same root, by another tool.
  if (!force) refuseTenants(observed);
  const commands = [
    ...stopTenants(t, observed),
    ...(observed.running === undefined ? planSweep(t, observed) : planStop(t, observed, { force })),
    ...removeLimits(t, observed),
    ...(observed.boot.list.includes(name) ? [removeFromJailList(name)] : []),
    ...forgetCommands(t, observed),
    ...restartLeftovers(t, observed),
    removeFile(fstabFile(t.storage, name)),
    ...leases,
    removeFile(confFile(name)),
    removeFile(markLink(t)),
  ];
  return { locks: locksOf(t), commands, tidy };
}
