/** What a program may declare of a JailPackage. */
import { z } from "zod";
import { hostPath, jailName } from "../freebsd/names.js";
import { packageName, packageVersion } from "../freebsd/package-manifest.js";
import { fileShape } from "./jail-files-inputs.js";
import { baseShape } from "./jail-inputs.js";

/** A jail as its outputs give it. */
const jail = z.object({
  name: jailName,
  type: z.enum(["thick", "clone", "thin"]).default("thick"),
  base: baseShape,
});

const build = z.object({
  base: baseShape,
  /** Names of packages that pkg(8) installs before the commands are run. */
  packages: z
    .array(
      z
        .string()
        .regex(
          /^[A-Za-z0-9][A-Za-z0-9_.+,~/-]{0,199}$/,
          'must be a package such as "nginx" or "www/nginx"',
        ),
    )
    .max(200)
    .default([]),
  /** Lines for the scratch jail's /bin/sh, one after the other. */
  commands: z.array(z.string().min(1).max(10_000)).default([]),
  files: z.record(hostPath, fileShape).default({}),
  /** Seconds that one command may take. */
  timeout: z.number().int().min(1).max(86_400).default(3600),
});

export const packageSchema = z
  .object({
    host: z.unknown(),
    owner: z.string(),
    name: packageName,
    version: packageVersion,
    jail: jail.optional(),
    build: build.optional(),
    publish: hostPath.optional(),
    url: z
      .string()
      .regex(
        /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~/-]*)?$/,
        "must be an http or https URL without user, query and fragment",
      )
      .transform((url) => url.replace(/\/+$/, ""))
      .optional(),
    exclude: z.array(hostPath).default([]),
  })
  .superRefine(({ jail: from, build: made, publish, url }, context) => {
    const issue = (path: string[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if ((from === undefined) === (made === undefined)) issue([], "needs either jail or build");
    if (url !== undefined && publish === undefined) {
      issue(["url"], "is where a web server offers the directory publish, which is not given");
    }
    if ((from ?? made)?.base.distribution !== undefined) {
      const words = "is a Linux one: packages are what is beyond FreeBSD's base system";
      issue([from ? "jail" : "build", "base"], words);
    }
    const split = from?.type === "thin" ? undefined : (from ?? made)?.base.kind;
    if (split === "split") {
      issue([from ? "jail" : "build", "base"], "is split: packages are built on full bases");
    }
  });

export type PackageInputs = z.infer<typeof packageSchema>;
