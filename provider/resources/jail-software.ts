/** Packages and services of a running jail, in their order; those of one that does not run wait until it does. */
import type { Command } from "../freebsd/command.js";
import type { InsidePackages } from "../freebsd/inside-packages.js";
import type { InsideServices } from "../freebsd/inside-services.js";
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
import type { Results } from "./resource.js";

/** Each undefined while the jail does not run, or nothing is declared. */
export interface SoftwareObserved {
  readonly packages: InsidePackages | undefined;
  readonly services: InsideServices | undefined;
}

export const observeSoftware = (t: JailTarget): Record<string, Command> => ({
  ...observePackages(t),
  ...observeServices(t),
});

export const parseSoftware = (results: Results): SoftwareObserved => ({
  packages: parseJailPackages(results),
  services: parseJailServices(results),
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
  const { packages, services } = starting
    ? { packages: undefined, services: undefined }
    : observed.software;
  const changes = planPackages(t, packages);
  const blind = packages === undefined && observed.root;
  const files =
    changes.length === 0 || blind ? [] : planFiles(t, { ...observed, files: new Map() });
  return [...planGivenUp(t, services), ...changes, ...files, ...planServices(t, services)];
}

export const driftedSoftware = (
  t: JailTarget,
  { software: { packages, services } }: JailObserved,
): Partial<Pick<JailInputs, "packages" | "services">> => ({
  ...driftedPackages(t, packages),
  ...driftedServices(t, services),
});

/** What a change that failed may not have given up yet stays in the state. */
export const remainingSoftware = ({
  inputs,
  former,
}: JailTarget): Pick<JailInputs, "packages" | "services"> => ({
  packages: { ...former?.packages, ...inputs.packages },
  services: { ...former?.services, ...inputs.services },
});
