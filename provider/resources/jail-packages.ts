/** Packages that are declared of a jail: what is missing of them in it, and what is too much. */
import type { Command } from "../freebsd/command.js";
import {
  type InsidePackages,
  installPackages,
  leavePackages,
  parsePackages,
  readPackages,
  removePackages,
} from "../freebsd/inside-packages.js";
import { compareVersions } from "../freebsd/package-version.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailTarget } from "./jail-place.js";
import type { Packages } from "./jail-software-inputs.js";
import { Refused, type Results } from "./resource.js";

/** Names that were declared and are not any more. */
const givenUp = ({ inputs, former }: JailTarget): string[] =>
  Object.entries(former?.packages ?? {})
    .filter(([name, wanted]) => wanted !== false && inputs.packages[name] === undefined)
    .map(([name]) => name);

export function observePackages(t: JailTarget): Record<string, Command> {
  const { packages, name } = t.inputs;
  if (Object.keys(packages).length + givenUp(t).length === 0) return {};
  const latest = Object.keys(packages).filter((each) => packages[each] === "latest");
  return { packages: readPackages(name, latest.sort()) };
}

export const parseJailPackages = (results: Results): InsidePackages | undefined =>
  results.packages && parsePackages(results.packages);

function isRight(
  name: string,
  wanted: Packages[string],
  { installed, automatic, offered }: InsidePackages,
): boolean {
  const version = installed.get(name);
  if (wanted === false) return version === undefined;
  if (version === undefined || automatic.has(name)) return false;
  if (wanted === true) return true;
  if (wanted !== "latest") return version === wanted;
  const newest = offered.get(name) ?? [];
  // pkg(8) does not go back to an older one, as where another repository was asked before.
  return newest.includes(version) || newest.every((each) => compareVersions(each, version) < 0);
}

/** What is done in the running jail. `seen`: as it is now; without it each command looks itself. */
export function planPackages(t: JailTarget, seen: InsidePackages | undefined): Command[] {
  const { packages, name: jail } = t.inputs;
  if (seen?.fault !== undefined) {
    throw new Refused(
      `the jail's pkg did not tell what is installed (${seen.fault}). Repair it in the jail: jexec ${jail} pkg check -d`,
    );
  }
  const differs = Object.keys(packages)
    .filter((name) => seen === undefined || !isRight(name, packages[name]!, seen))
    .sort();
  const [absent, latest] = [false, "latest"].map((wanted) =>
    differs.filter((name) => packages[name] === wanted),
  ) as [string[], string[]];
  const rest = differs.filter((name) => !absent.includes(name) && !latest.includes(name));
  const present = rest.map((name) =>
    typeof packages[name] === "string" ? `${name}-${packages[name]}` : name,
  );
  const left = givenUp(t).filter(
    (name) => seen === undefined || (seen.installed.has(name) && !seen.automatic.has(name)),
  );
  return [
    ...(absent.length === 0 ? [] : [removePackages(jail, absent)]),
    ...(present.length + latest.length === 0 ? [] : [installPackages(jail, present, latest)]),
    ...(left.length === 0 ? [] : [leavePackages(jail, left)]),
  ];
}

/** The packages as the jail has them. */
export function driftedPackages(
  { inputs }: JailTarget,
  seen: InsidePackages | undefined,
): Partial<Pick<JailInputs, "packages">> {
  if (seen === undefined || Object.keys(inputs.packages).length === 0) return {};
  const found = Object.entries(inputs.packages).flatMap(([name, wanted]) => {
    if (isRight(name, wanted, seen)) return [[name, wanted] as const];
    const version = seen.installed.get(name);
    return version === undefined ? [] : [[name, version] as const];
  });
  return { packages: Object.fromEntries(found) };
}
