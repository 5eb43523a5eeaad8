/** What a program may declare of a jail's layers. */
import { z } from "zod";
import { hostPath, sha256Digest } from "../freebsd/names.js";
import { entryLimit } from "../freebsd/package-manifest.js";

const packageUrl = z
  .string()
  .regex(
    /^https?:\/\/[A-Za-z0-9.-]+(:\d+)?\/[A-Za-z0-9._~%+,/-]+$/,
    "must be an http or https URL of a file, without user, query and fragment",
  );

/** "/packages/app-1.0.tar.xz" is short for { path: … }. */
const layer = z.preprocess(
  (value) => (typeof value === "string" ? { path: value } : value),
  z.union([
    z.strictObject({ url: packageUrl, sha256: sha256Digest }),
    z.strictObject({
      path: hostPath,
      /** Without it the file `<path>.sha256` on the host says it. */
      sha256: sha256Digest.optional(),
    }),
  ]),
);

/** The link that tells of them holds a digest for each, and has room for so many. */
const layerLimit = 12;

/** Bytes, with one of the suffixes of truncate(1). */
const size = z
  .string()
  .regex(/^[1-9][0-9]{0,5}[kmgt]$/i, 'must be a size such as "512m" or "4g"')
  .transform((text) => text.toLowerCase());

export const layersShape = {
  /** Packages whose files are put into the jail's tree, each over those before it. */
  layers: z.array(layer).max(layerLimit, `must be at most ${layerLimit} layers`).default([]),
  /** What one package may hold. */
  layerLimits: z
    .strictObject({
      /** Files, directories and links. */
      entries: z.number().int().min(1).max(entryLimit).default(10_000),
      /** Of all files together. */
      size: size.default("4g"),
    })
    .default({ entries: 10_000, size: "4g" }),
};

export type Layer = z.infer<typeof layer>;

const units: Readonly<Record<string, number>> = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

export const bytesOf = (text: string): number =>
  Number.parseInt(text, 10) * (units[text.at(-1)?.toLowerCase() ?? ""] ?? 1);
