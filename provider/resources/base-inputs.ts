/** What a program may declare of a BaseRelease, and where it lies on the host. */
import { createHash } from "node:crypto";
import { z } from "zod";
import { marksDirectory, type Place, place, usersDirectory } from "../freebsd/layout.js";
import { hostPath, releaseName, sha256Digest } from "../freebsd/names.js";
import type { Target } from "./resource.js";

const setName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,30}$/, 'must be the name of a distribution set such as "base"');

const mirrorUrl = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~/-]*)?$/,
    "must be an http or https URL without user, query and fragment",
  )
  .transform((url) => url.replace(/\/+$/, ""));

export const baseReleaseSchema = z
  .object({
    host: z.unknown(),
    owner: z.string(),
    release: releaseName,
    sets: z.array(setName).min(1).default(["base"]),
    mirror: mirrorUrl.default("https://download.freebsd.org"),
    dist: hostPath.optional(),
    sha256: z.record(setName, sha256Digest).default({}),
  })
  .superRefine((inputs, context) => {
    const issue = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (!inputs.sets.includes("base")) issue(["sets"], 'must contain "base"');
    if (new Set(inputs.sets).size < inputs.sets.length) issue(["sets"], "names a set twice");
    for (const name of Object.keys(inputs.sha256)) {
      if (!inputs.sets.includes(name)) issue(["sha256", name], "is not one of the sets");
    }
    const unpinned = inputs.sets.filter((name) => inputs.sha256[name] === undefined);
    if (inputs.dist === undefined && inputs.mirror.startsWith("http:") && unpinned.length > 0) {
      issue(["mirror"], `plain http needs a sha256 for every set: ${unpinned.join(", ")} has none`);
    }
  });

export type BaseReleaseInputs = z.infer<typeof baseReleaseSchema>;
export type BaseTarget = Target<BaseReleaseInputs>;

/** Name of the template: equal specifications share one, whatever stack asks for it. */
export function templateName({ release, sets, sha256, dist }: BaseReleaseInputs): string {
  const pins = Object.entries(sha256).sort(([a], [b]) => (a < b ? -1 : 1));
  const specification = JSON.stringify([release, [...sets].sort(), pins, dist ?? ""]);
  const digest = createHash("sha256").update(specification).digest("hex").slice(0, 8);
  return `${release}-full-${digest}`;
}

export const placeOf = (t: BaseTarget): Place =>
  place(t.storage, "templates", templateName(t.inputs));
export const usersOf = (t: BaseTarget): string => usersDirectory(t.storage, templateName(t.inputs));
export const userLink = (t: BaseTarget): string => `${usersOf(t)}/${t.mark.id}`;
export const builtLink = (t: BaseTarget): string =>
  `${marksDirectory(t.storage)}/template.${templateName(t.inputs)}`;
/** The snapshot that clones are made of. */
export const baseSnapshot = (dataset: string): string => `${dataset}@base`;
