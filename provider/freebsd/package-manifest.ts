/**
 * What a jail package says of itself, in its first member: what it is made for, and which files it has. A package is
 * somebody else's word: nothing of it is unpacked before its listing was found to be just what its manifest says, and
 * that to be nothing but plain files, directories and links below one root.
 */
import { z } from "zod";
import { releaseName, sha256Digest } from "./names.js";
import { decodeVis, isVis } from "./vis.js";

/** The manifest's name in the archive. */
export const manifestName = "+MANIFEST.json";

/** Files, directories and links that a package can have, whatever a program allows. */
export const entryLimit = 15_000;

/** Bytes that a manifest may have: enough for as many files as a jail may take, with the digest of each. */
export const manifestSize = 6_000_000;

export const packageName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_.+-]{0,63}$/,
    'must be 1 to 64 letters, digits, "_", ".", "+" or "-", a letter first',
  );
export const packageVersion = z
  .string()
  .regex(
    /^[0-9A-Za-z][A-Za-z0-9_.+,]{0,31}$/,
    'must be 1 to 32 letters, digits, "_", ".", "+" or ","',
  );

const path = z.string().superRefine((text, context) => {
  const fault = pathFault(text);
  if (fault !== undefined) context.addIssue({ code: "custom", message: fault });
});

const owner = z.number().int().min(0).max(0xffffffff);

const file = z.object({
  /** As mtree(8) writes it, from the jail's root: "./usr/local/bin/app". */
  path,
  type: z.enum(["file", "dir", "link"]),
  mode: z.string().regex(/^[0-7]{3,5}$/),
  uid: owner,
  gid: owner,
  size: z.number().int().min(0).optional(),
  sha256: sha256Digest.optional(),
  link: z.string().optional(),
  flags: z.string().optional(),
});

const shape = z.object({
  format: z.literal(1),
  name: packageName,
  version: packageVersion,
  release: releaseName,
  /** Patch level of the base, 0 when unpatched. */
  patch: z.number().int().min(0),
  /** hw.machine_arch */
  architecture: z.string().regex(/^[a-z0-9_]{1,31}$/),
  files: z.array(file),
  /** What the base has and the package takes away. */
  deletions: z.array(path),
});

export type Manifest = z.infer<typeof shape>;
export type PackagedFile = Manifest["files"][number];

/** PATH_MAX of FreeBSD. vis(3) writes at most four characters for one. */
const longestPath = 1024;

/** Why a path cannot be one in a jail, or undefined. */
function pathFault(text: string): string | undefined {
  const shown = text.slice(0, 200);
  const long = `${JSON.stringify(shown)}… is longer than a path can be`;
  if (text.length > 4 * longestPath) return long;
  if (!isVis(text)) return `${JSON.stringify(shown)} is not written as mtree(8) writes names`;
  const name = decodeVis(text);
  if (name.length >= longestPath) return long;
  const parts = name.split("/");
  if (parts.length < 2 || parts.shift() !== "." || parts.some((part) => odd.includes(part))) {
    return `${shown} does not lie below the jail's root`;
  }
  return /[\n\0]/.test(name) ? `${shown} has a line break in its name` : undefined;
}

const odd: readonly string[] = ["", ".", ".."];

/** Throws an Error that says what is wrong with it. */
export function parseManifest(text: string): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error(`it has no ${manifestName} that can be read: it is no jail package`);
  }
  const parsed = shape.safeParse(json);
  if (parsed.success) return parsed.data;
  const { path: at, message } = parsed.error.issues[0]!;
  throw new Error(`its ${manifestName} is wrong at ${at.join(".")}: ${message}`);
}

/** One line, so that it can be told from what is printed after it. */
export const formatManifest = (manifest: Manifest): string => JSON.stringify(manifest);

/** "15.1-RELEASE-p2" */
export const levelOf = ({ release, patch }: { release: string; patch: number }): string =>
  patch === 0 ? release : `${release}-p${patch}`;
