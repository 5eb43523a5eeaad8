/** Archives that templates are made from: where they come from, where they are kept, and how they are unpacked. */
import type { Command } from "../freebsd/command.js";
import { mediaDirectory } from "../freebsd/layout.js";
import { extract, fetchFile, verifyDigest } from "../freebsd/release.js";
import type { Download } from "./progress.js";
import type { Template } from "./template.js";

/** An archive that is fetched, or lies on the host. */
export interface Archive {
  /** "base.txz", for progress lines. */
  readonly name: string;
  readonly digest: string;
  /** Where it lies on the host, or will lie. */
  readonly file: string;
  /** Where it comes from; undefined when it lies there already. */
  readonly url?: string | undefined;
}

/** Where the cache that all stacks of a host share has an archive: its name says what is in it. */
export const cacheOf = (t: Template, what: string, digest: string): string =>
  `${mediaDirectory(t.storage)}/${t.family}-${what}-${digest.slice(0, 16)}.txz`;

/** An archive that a program declares by its digest: exactly one of `url` and `path`. */
export interface DeclaredArchive {
  readonly url?: string | undefined;
  readonly path?: string | undefined;
  readonly sha256: string;
}

export function declaredArchive(t: Template, { url, path, sha256 }: DeclaredArchive): Archive {
  const name = (url ?? path ?? "").split("/").at(-1) ?? "";
  return { name, digest: sha256, file: path ?? cacheOf(t, "archive", sha256), url };
}

/** Unpacks into a directory what is verified once more before. */
export const unpack =
  (tree: string, options: readonly string[] = []) =>
  ({ file, digest }: Archive): Command[] => [
    verifyDigest(digest, file),
    extract(file, tree, options),
  ];

/** Fetches what is not in the cache; `authority` is who says the digests. */
export function fetchArchives(archives: readonly Archive[], authority: string): Command[] {
  return archives.flatMap(({ url, file, digest }) =>
    url === undefined ? [] : [fetchFile(url, file, digest, authority)],
  );
}

/** Where downloads grow: beside the cache's name, until they are verified. */
export const toDownloads = (archives: readonly Archive[]): Download[] =>
  archives.flatMap(({ name, url, file }) =>
    url === undefined ? [] : [{ name, url, file: `${file}.part` }],
  );
