/** What a program may declare of a BaseRelease. */
import { z } from "zod";
import { hostPath, releaseName, sha256Digest } from "../freebsd/names.js";

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

export const archiveUrl = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?\/[A-Za-z0-9._~%+/-]+$/,
    "must be an http or https URL of a file, without user, query and fragment",
  );

/** A tarball, by its digest. */
export const archive = z
  .object({ url: archiveUrl.optional(), path: hostPath.optional(), sha256: sha256Digest })
  .strict()
  .refine(({ url, path }) => (url === undefined) !== (path === undefined), {
    message: "needs either url or path",
  });

const packageName = z
  .string()
  .regex(/^FreeBSD-[A-Za-z0-9._+-]{1,80}$/, 'must be a package of base such as "FreeBSD-set-base"');

const pkgbase = z
  .object({
    packages: z.array(packageName).min(1).default(["FreeBSD-set-minimal-jail"]),
    /** Its packages are signed, but a plain connection would still tell which ones exist. */
    repository: z
      .string()
      .regex(
        /^https:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~:/-]*)?$/,
        "must be an https URL without user, query and fragment",
      )
      .optional(),
  })
  .strict();

export const patchLevel = z
  .string()
  .regex(/^(none|latest|p[1-9]\d{0,3})$/, 'must be "none", "latest" or a level such as "p3"');

const defaultMirror = "https://download.freebsd.org";

const shape = z.object({
  host: z.unknown(),
  owner: z.string(),
  release: releaseName,
  sets: z.array(setName).min(1).default(["base"]),
  mirror: mirrorUrl.default(defaultMirror),
  dist: hostPath.optional(),
  sha256: z.record(setName, sha256Digest).default({}),
  archive: archive.optional(),
  pkgbase: pkgbase.optional(),
  src: hostPath.optional(),
  directory: hostPath.optional(),
  kind: z.enum(["full", "split"]).default("full"),
  patch: patchLevel.optional(),
  triggers: z.array(z.string().max(1000)).default([]),
});

export type BaseReleaseInputs = z.infer<typeof shape>;

type Issue = [path: string[], message: string];

/** Sources other than a mirror; at most one of them can be given. */
const sources = ["dist", "archive", "pkgbase", "src", "directory"] as const;

export const baseReleaseSchema = shape.superRefine((inputs, context) => {
  const issues = [...sourceIssues(inputs), ...setIssues(inputs), ...patchIssues(inputs)];
  for (const [path, message] of issues) context.addIssue({ code: "custom", path, message });
});

function sourceIssues(inputs: BaseReleaseInputs): Issue[] {
  const [first, ...others] = sources.filter((name) => inputs[name] !== undefined);
  const issues = others.map((name): Issue => [[name], `cannot be given together with ${first}`]);
  if (first !== undefined && first !== "dist") {
    const words = `is for distribution sets and cannot be given together with ${first}`;
    if (inputs.mirror !== defaultMirror) issues.push([["mirror"], words]);
    if (inputs.sets.join() !== "base") issues.push([["sets"], words]);
    if (Object.keys(inputs.sha256).length > 0) issues.push([["sha256"], words]);
  }
  if (inputs.pkgbase !== undefined && Number.parseInt(inputs.release, 10) < 15) {
    issues.push([["pkgbase"], "packages of the base system are there from FreeBSD 15 on"]);
  }
  return issues;
}

function setIssues({ sets, sha256, dist, mirror }: BaseReleaseInputs): Issue[] {
  const issues: Issue[] = [];
  if (!sets.includes("base")) issues.push([["sets"], 'must contain "base"']);
  if (new Set(sets).size < sets.length) issues.push([["sets"], "names a set twice"]);
  for (const name of Object.keys(sha256)) {
    if (!sets.includes(name)) issues.push([["sha256", name], "is not one of the sets"]);
  }
  const unpinned = sets.filter((name) => sha256[name] === undefined);
  if (dist === undefined && mirror.startsWith("http:") && unpinned.length > 0) {
    const words = `plain http needs a sha256 for every set: ${unpinned.join(", ")} has none`;
    issues.push([["mirror"], words]);
  }
  return issues;
}

function patchIssues({ patch = "", pkgbase, src, release }: BaseReleaseInputs): Issue[] {
  const issue = (message: string): Issue[] => [[["patch"], message]];
  if (pkgbase !== undefined && patch !== "" && patch !== "latest") {
    return issue('packages of the base system are the newest ones: "latest", or leave it out');
  }
  if (patch === "" || patch === "none" || pkgbase !== undefined) return [];
  if (src !== undefined)
    return issue("a tree from source has the level of its source: update that");
  if (!/-(RELEASE|RC|BETA|ALPHA)/.test(release)) {
    return issue(`freebsd-update(8) has no updates for ${release}`);
  }
  return [];
}
