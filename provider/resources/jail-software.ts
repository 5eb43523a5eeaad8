/** Time zone, packages, users and services of a running jail, in their order; those of one that does not run wait until it does. */
import type { Command } from "../freebsd/command.js";
import type { InsidePackages } from "../freebsd/inside-packages.js";
import type { InsideServices } from "../freebsd/inside-services.js";
import type { InsideZone } from "../freebsd/inside-timezone.js";
import type { InsideUsers } from "../freebsd/inside-users.js";
import { planFiles } from "./jail-files.js";
import type { JailInputs } from "./jail-inputs.js";
import {
  driftedPackages,
  observePackages,
  parseJailPackages,
  planPackages,
} from "./jail-packages.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import {
  driftedServices,
  observeServices,
  parseJailServices,
  planGivenUp,
  planServices,
} from "./jail-services.js";
import { driftedTimezone, observeTimezone, parseTimezone, planTimezone } from "./jail-timezone.js";
import {
  driftedUsers,
  observeUsers,
  parseJailUsers,
  planUsers,
  remainingUsers,
} from "./jail-users.js";
import type { Results } from "./resource.js";

/** Each undefined while the jail does not run, or nothing is declared. */
export interface SoftwareObserved {
  readonly packages: InsidePackages | undefined;
  readonly services: InsideServices | undefined;
  readonly timezone: InsideZone | undefined;
  readonly users: InsideUsers | undefined;
}

/** Of a jail that does not run. */
export const unseen: SoftwareObserved = {
  packages: undefined,
  services: undefined,
  timezone: undefined,
  users: undefined,
};

export const observeSoftware = (t: JailTarget): Record<string, Command> => ({
  ...observePackages(t),
  ...observeServices(t),
  ...observeTimezone(t),
  ...observeUsers(t),
});

export const parseSoftware = (t: JailTarget, results: Results): SoftwareObserved => ({
  packages: parseJailPackages(results),
  services: parseJailServices(results),
  timezone: parseTimezone(results),
  users: parseJailUsers(t, results),
});

/**
 * What is done when the jail runs. `starting`: it is started in this very batch, and what it will have then is not
 * known, so that each command looks itself. What a package brought may lie over declared files: these are written
 * again, before the services that read them are started.
 */
export function planSoftware(
  t: JailTarget,
  observed: JailObserved,
  { starting }: { starting: boolean },
): Command[] {
  const { packages, services, timezone, users } = starting ? unseen : observed.software;
  const changes = planPackages(t, packages);
  const blind = packages === undefined && observed.root;
  const files =
    changes.length === 0 || blind ? [] : planFiles(t, { ...observed, files: new Map() });
  return [
    ...planTimezone(t, timezone),
    ...planGivenUp(t, services),
    ...changes,
    ...files,
    // Their shells and groups may have come with packages, and services may run as them.
    ...planUsers(t, users),
    ...planServices(t, services),
  ];
}

export const driftedSoftware = (
  t: JailTarget,
  { software: { packages, services, timezone, users } }: JailObserved,
): Partial<Pick<JailInputs, "packages" | "services" | "timezone" | "users">> => ({
  ...driftedPackages(t, packages),
  ...driftedServices(t, services),
  ...driftedTimezone(t, timezone),
  ...driftedUsers(t, users),
});

/** What a change that failed may not have given up yet stays in the state. */
export const remainingSoftware = (
  t: JailTarget,
): Pick<JailInputs, "packages" | "services" | "users" | "repositories"> => ({
  packages: { ...t.former?.packages, ...t.inputs.packages },
  services: { ...t.former?.services, ...t.inputs.services },
  users: remainingUsers(t),
  repositories: { ...t.former?.repositories, ...t.inputs.repositories },
});
