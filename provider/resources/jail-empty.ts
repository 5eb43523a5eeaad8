/**
 * Empty jails: a root that nothing was copied to. What runs there comes from mounts and files, or is put there by its
 * owner, so that nothing can be relied on inside: files are only written while the jail does not run, and what was
 * written is noted in the jail's configuration.
 */
import type { Issue } from "./jail-checks.js";
import { filesDigest } from "./jail-contents.js";
import type { JailInputs } from "./jail-inputs.js";
import type { JailObserved } from "./jail-picture.js";

type Parameters = JailInputs["parameters"];

/** What stands for the base: a directory that every FreeBSD has, in which nothing can be made. */
const emptyBase = { templateName: "empty", path: "/var/empty", release: "empty" };

export const isEmptyJail = ({ type }: { readonly type?: unknown }): boolean => type === "empty";

/** Before the schema: there is no base, and no resolv.conf to be taken from the host. */
export function fillEmpty(value: unknown): unknown {
  const { type, base, resolver } = (value ?? {}) as Record<string, unknown>;
  if (type !== "empty") return value;
  return { ...(value as object), base: base ?? emptyBase, resolver: resolver ?? "none" };
}

/**
 * Nothing is started or mounted unless the program says so, and so nothing would keep the jail. jail(8) looks up whom
 * its commands run as in the jail's accounts, unless it is told to take the host's.
 */
export const emptyDefaults: Readonly<Parameters> = {
  "exec.clean": true,
  "exec.jail_user": "root",
  "exec.system_jail_user": true,
  persist: true,
  enforce_statfs: 2,
  "allow.set_hostname": false,
};

/** What needs a system in the jail, or a base that it is compared with. */
const needsSystem = [
  ...["packages", "services", "users", "timezone", "repositories", "commands"],
  ...["layers", "record", "patch", "readWrite", "image"],
] as const;

const isGiven = (value: unknown): boolean =>
  typeof value === "object" && value !== null
    ? Object.keys(value).length > 0
    : value !== undefined && value !== false;

export function checkEmpty(inputs: JailInputs, issue: Issue): void {
  const ours = inputs.base.templateName === emptyBase.templateName;
  if (!isEmptyJail(inputs)) {
    if (ours) issue(["base"], "is missing");
    return;
  }
  if (!ours) issue(["base"], 'is not for jails of type "empty": nothing is copied to them');
  if (inputs.resolver === "host") {
    issue(["resolver"], 'cannot be "host" in an empty jail: say what is to be in it, or "none"');
  }
  const declared: Readonly<Record<string, unknown>> = inputs;
  for (const key of needsSystem)
    if (isGiven(declared[key]))
      issue([key], "needs a system in the jail, and an empty one has none");
}

/** An empty jail becomes nothing else, and no jail an empty one: neither has what the other needs. */
export function refuseEmptyChange(inputs: JailInputs, olds: Record<string, unknown>) {
  if (olds.type === undefined || isEmptyJail(olds) === isEmptyJail(inputs)) return [];
  const reason =
    `a jail cannot be converted from ${olds.type} to ${inputs.type}: an empty one has no base. Declare another jail ` +
    `beside it and move the data there, or keep "${olds.type}".`;
  return [{ property: "type", reason }];
}

/** What every other jail's base has for jail(8): where it mounts, and where its commands begin. */
export function emptyDirectories(inputs: JailInputs): string[] {
  if (!isEmptyJail(inputs)) return [];
  const { parameters } = inputs;
  const runs = ["exec.start", "exec.stop", "command"].some((name) => name in parameters);
  return [
    ...(parameters["mount.devfs"] === true ? ["/dev"] : []),
    ...(parameters["mount.procfs"] === true ? ["/proc"] : []),
    ...(runs ? ["/root"] : []),
  ];
}

/** What the jail's configuration says of the files that were written. */
export const notedFiles = (
  inputs: JailInputs,
  observed: Pick<JailObserved, "addresses">,
): string | undefined => (isEmptyJail(inputs) ? filesDigest(inputs, observed) : undefined);

/** Files of a running jail that differ from those which were written: they wait for a restart. */
export const filesWait = (inputs: JailInputs, observed: JailObserved): boolean =>
  isEmptyJail(inputs) && observed.written !== notedFiles(inputs, observed);
