/** What a program may declare of a DiskImage. */
import { z } from "zod";
import { imageFormats, largestVhd } from "../freebsd/mkimg.js";
import { hostPath, jailName, sha256Digest } from "../freebsd/names.js";
import { archiveUrl } from "./base-schema.js";
import { baseShape, imageShape } from "./jail-inputs.js";
import { bytesOf } from "./jail-layers-inputs.js";

const exported = z.strictObject({ format: z.enum(imageFormats), path: hostPath });

const imported = z.strictObject({
  url: archiveUrl.optional(),
  path: hostPath.optional(),
  sha256: sha256Digest,
  format: z.enum(imageFormats),
  /** What gpart(8) adds to the disk's name. */
  partition: z
    .string()
    .regex(
      /^(p[1-9]\d{0,2}|s[1-9]\d?[a-h]?)$/,
      'must be a partition such as "p4" (GPT) or "s1a" (MBR)',
    )
    .optional(),
});

/** A jail as its outputs give it. */
const jail = z.object({
  name: jailName,
  type: z.enum(["thick", "clone", "thin", "image"]).default("thick"),
});

const shape = z.object({
  host: z.unknown(),
  owner: z.string(),
  name: jailName,
  base: baseShape.optional(),
  jail: jail.optional(),
  import: imported.optional(),
  size: imageShape.shape.size.optional(),
  mountAt: hostPath.optional(),
  exports: z.array(exported).default([]),
});

export type DiskImageInputs = z.infer<typeof shape>;
export type Import = NonNullable<DiskImageInputs["import"]>;

/** What an image is made of; exactly one of them is given. */
export const sources = ["base", "jail", "import"] as const;

export const diskImageSchema = z.preprocess(
  resolveName,
  shape.superRefine((inputs, context) => {
    const issues = [...sourceIssues(inputs), ...sizeIssues(inputs), ...exportIssues(inputs)];
    for (const [path, message] of issues) context.addIssue({ code: "custom", path, message });
  }),
);

type Issue = [path: (string | number)[], message: string];

/** A name stands for an image in the catalogue, which is no part of the state: destroy does not need it. */
function resolveName(value: unknown, context: z.core.$RefinementCtx): unknown {
  if (typeof value !== "object" || value === null) return value;
  const { images, ...rest } = value as { images?: Record<string, unknown>; import?: unknown };
  if (typeof rest.import !== "string") return rest;
  const known = Object.keys(images ?? {});
  if (known.includes(rest.import)) return { ...rest, import: images?.[rest.import] };
  const list = known.length === 0 ? "which has none" : `which has: ${known.sort().join(", ")}`;
  const message = `there is no image "${rest.import}" in the configuration freebsd:images, ${list}`;
  context.addIssue({ code: "custom", path: ["import"], message, input: rest.import });
  return z.NEVER;
}

function sourceIssues(inputs: DiskImageInputs): Issue[] {
  const { base, jail: from, import: file } = inputs;
  const [first, ...others] = sources.filter((name) => inputs[name] !== undefined);
  const issues = others.map((name): Issue => [[name], `cannot be given together with ${first}`]);
  if (first === undefined)
    issues.push([["base"], "is missing: what the image is made of (or jail, or import)"]);
  if (base?.kind === "split") issues.push([["base"], "is split: an image is made of a full base"]);
  if (from?.type === "thin")
    issues.push([
      ["jail"],
      "is thin: most of its tree is its base's. Make the image of another type",
    ]);
  if (file !== undefined && (file.url === undefined) === (file.path === undefined))
    issues.push([["import"], "needs either url or path"]);
  return issues;
}

function sizeIssues({ import: file, size }: DiskImageInputs): Issue[] {
  if (file === undefined && size === undefined)
    return [[["size"], 'is missing: size of the file system, e.g. "4g"']];
  if (file !== undefined && size !== undefined)
    return [[["size"], "cannot be given together with import: an image has its own size"]];
  return [];
}

function exportIssues({ exports, mountAt, size }: DiskImageInputs): Issue[] {
  return exports.flatMap(({ format, path }, i): Issue[] => {
    const at = ["exports", i, "path"];
    // What stands around the file system takes less than a megabyte.
    if (format === "vhd" && bytesOf(size ?? "1m") + 2 ** 20 > largestVhd)
      return [[["exports", i, "format"], `vhd holds less than 128g, and the image has ${size}`]];
    if (exports.findIndex((each) => each.path === path) !== i)
      return [[at, `${path} is given twice`]];
    return `${path}/`.startsWith(`${mountAt}/`)
      ? [[at, `is in mountAt (${mountAt}), which is read-only`]]
      : [];
  });
}
