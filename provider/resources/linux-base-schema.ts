/** What a program may declare of a LinuxBase. */
import { z } from "zod";
import { distributionIds } from "../freebsd/linux.js";
import { hostPath } from "../freebsd/names.js";
import { archive } from "./base-schema.js";

const suite = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be the name of a suite such as "bookworm"');

/** Signatures are checked whatever the connection is. */
const mirror = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~/-]*)?$/,
    "must be an http or https URL without user, query and fragment",
  )
  .transform((url) => url.replace(/\/+$/, ""));

const packageName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9+.-]{0,100}$/, 'must be the name of a package such as "openssh-server"');

export const distribution = z.enum(Object.keys(distributionIds) as [keyof typeof distributionIds]);

const debootstrap = z.strictObject({
  suite,
  mirror: mirror.optional(),
  packages: z.array(packageName).default([]),
  keyring: hostPath.optional(),
});

const shape = z.object({
  host: z.unknown(),
  owner: z.string(),
  distribution,
  debootstrap: debootstrap.optional(),
  archive: archive.optional(),
  triggers: z.array(z.string().max(1000)).default([]),
});

export type LinuxBaseInputs = z.infer<typeof shape>;

export const linuxBaseSchema = shape.superRefine((inputs, context) => {
  for (const [path, message] of issuesOf(inputs)) {
    context.addIssue({ code: "custom", path, message });
  }
});

function issuesOf({ distribution: name, debootstrap: boot, archive: file }: LinuxBaseInputs) {
  const issues: [path: string[], message: string][] = [];
  if (boot !== undefined && file !== undefined) {
    issues.push([["archive"], "cannot be given together with debootstrap"]);
  }
  if (boot === undefined && file === undefined) {
    issues.push([["archive"], "is missing: where the system comes from (or debootstrap)"]);
  }
  if (boot !== undefined && name !== "debian" && name !== "ubuntu") {
    issues.push([["debootstrap"], `installs Debian and Ubuntu; ${name} comes from an archive`]);
  }
  return issues;
}
