/**
 * What a jail package says of itself, in its first member: what it is made for, and which files it has. A package is
 * somebody else's word: nothing of it is unpacked before its listing was found to be just what its manifest says, and
 * that to be nothing but plain files, directories and links below one root.
 */
import { z } from "zod";
import { releaseName, sha256Digest } from "./names.js";
import { decodeListed, decodeVis } from "./vis.js";

/** The manifest's name in the archive. */
export const manifestName = "+MANIFEST.json";

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

/** Why a path cannot be one in a jail, or undefined. */
function pathFault(text: string): string | undefined {
  const name = decodeVis(text);
  if (!name.startsWith("./")) return `${text} does not lie below the jail's root`;
  const parts = name.slice(2).split("/");
  if (parts.some((part) => part === "" || part === "." || part === "..")) {
    return `${text} does not lie below the jail's root`;
  }
  return /[\n\0]/.test(name) ? `${text} has a line break in its name` : undefined;
}

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

/** What a package may be. */
export interface PackageLimits {
  /** Files, directories and links. */
  readonly entries: number;
  /** Bytes of all files together. */
  readonly size: number;
}

/** Throws an Error when the lines of `tar -tvf` are not what the manifest says, in its order. */
export function checkListing(manifest: Manifest, listing: string, limits: PackageLimits): void {
  const lines = listing.split("\n");
  if (lines.pop() !== "") throw new Error("its listing is cut short: it is too long");
  const members = lines.map(parseMember);
  const [first, ...rest] = members;
  if (first?.type !== "-" || first.name !== manifestName) {
    throw new Error(`its first member is not ${manifestName}`);
  }
  if (rest.length > limits.entries) {
    throw new Error(`it has ${rest.length} entries, more than the limit of ${limits.entries}`);
  }
  const size = rest.reduce((sum, each) => sum + each.size, 0);
  if (size > limits.size) {
    throw new Error(`its files have ${size} bytes, more than the limit of ${limits.size}`);
  }
  if (rest.length !== manifest.files.length) {
    throw new Error(`it has ${rest.length} entries, and its manifest ${manifest.files.length}`);
  }
  checkMembers(manifest.files, rest);
}

interface Member {
  /** As ls(1) shows it: "-", "d", "l"; "h" is a hard link. */
  readonly type: string;
  readonly size: number;
  /** Name, and for links what follows it. */
  readonly name: string;
}

/** Of `tar -tv`: mode, a number, owner, group, size, three words of a date, and the rest of the line. */
const memberLine =
  /^([-a-z])[-rwxsStT]{9}[+@ ]? +\d+ +(\S+) +(\S+) +(\d+) [A-Z][a-z]{2} [ \d]\d +[\d:]{4,5} (.+)$/;

function parseMember(line: string): Member {
  const match = memberLine.exec(line);
  const shown = JSON.stringify(line.slice(0, 200));
  if (match === null) throw new Error(`tar lists a member that is not understood: ${shown}`);
  const [, type = "", , , size = "", name = ""] = match;
  if (!"-dlh".includes(type)) {
    throw new Error(`it has a member that is no file, directory or link: ${shown}`);
  }
  return { type, size: Number(size), name };
}

const letterOf = { file: "-", dir: "d", link: "l" } as const;

function checkMembers(files: readonly PackagedFile[], members: readonly Member[]): void {
  const named = files.map((each) => ({ ...each, name: decodeVis(each.path) }));
  const leaves = new Set(named.filter(({ type }) => type !== "dir").map(({ name }) => name));
  if (new Set(named.map(({ name }) => name)).size < named.length) {
    throw new Error(`its ${manifestName} names a file twice`);
  }
  const plain = new Set<string>();
  named.forEach(({ name, ...each }, i) => {
    const { type, name: listed } = members[i]!;
    const said = decodeListed(listed);
    const differs = () =>
      new Error(`its member ${listed} is not what its manifest says: ${each.type} ${each.path}`);
    if (type === "h") {
      const target = said.startsWith(`${name} link to `) ? said.slice(name.length + 9) : "";
      if (each.type !== "file" || !plain.has(target)) throw differs();
    } else if (type !== letterOf[each.type]) throw differs();
    else if (type === "l" ? !said.startsWith(`${name} -> `) : said.replace(/\/$/, "") !== name) {
      throw differs();
    }
    const parent = parents(name).find((above) => leaves.has(above));
    if (parent !== undefined) {
      throw new Error(`its member ${each.path} lies below ${parent}, which is no directory`);
    }
    if (each.type === "file") plain.add(name);
  });
}

function parents(name: string): string[] {
  const parts = name.split("/");
  return parts.slice(1, -1).map((_, i) => parts.slice(0, i + 2).join("/"));
}

/** "15.1-RELEASE-p2" */
export const levelOf = ({ release, patch }: { release: string; patch: number }): string =>
  patch === 0 ? release : `${release}-p${patch}`;
