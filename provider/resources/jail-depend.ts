/**
 * Jails that have to run before this one, by jail(8)'s parameter `depend`. It is not in the jail's file: jail(8) takes
 * a name that the same file does not define for an error, and rc.d/jail starts each jail by a file of its own, in the
 * order of jail_list.
 */
import type { Command } from "../freebsd/command.js";
import { listJails, parseNames } from "../freebsd/jls.js";
import { jailName } from "../freebsd/names.js";
import type { Issue } from "./jail-checks.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";
import { Refused, type Results } from "./resource.js";

const dependencies = ({ parameters }: Pick<JailInputs, "parameters">): string[] =>
  parameters.depend === undefined ? [] : [parameters.depend].flat().map((each) => `${each}`);

export function checkDepend(inputs: JailInputs, issue: Issue): void {
  for (const name of dependencies(inputs)) {
    const path = ["parameters", "depend"];
    if (!jailName.safeParse(name).success)
      issue(path, `must be names of jails, which ${JSON.stringify(name)} is not`);
    if (name === inputs.name) issue(path, "names the jail itself");
  }
}

export const prepareDepend = ({ inputs }: JailTarget): Record<string, Command> =>
  dependencies(inputs).length === 0 ? {} : { runningJails: listJails };

/** Undefined where the jail depends on none. */
export const parseDepend = ({ runningJails }: Results): ReadonlySet<string> | undefined =>
  runningJails && parseNames(runningJails);

/** Told before anything is done. A jail that runs already is not stopped for it. */
export function refuseDepend(
  { inputs }: JailTarget,
  { running, runningJails }: JailObserved,
): void {
  if (!inputs.running || running !== undefined || runningJails === undefined) return;
  const missing = dependencies(inputs).filter((name) => !runningJails.has(name));
  if (missing.length === 0) return;
  throw new Refused(
    `parameters.depend: ${missing.join(", ")} ${missing.length > 1 ? "do" : "does"} not run on the host. Start ` +
      `${missing.length > 1 ? "them" : "it"}; of a Jail of this program give the output name, so that Pulumi starts it first ` +
      "(depend: [db.name]).",
  );
}

/** Whether the host would start the jail before one that it depends on. */
export function isTooEarly({ inputs }: JailTarget, list: readonly string[]): boolean {
  const place = list.indexOf(inputs.name);
  return place >= 0 && dependencies(inputs).some((name) => list.indexOf(name) > place);
}
