import type { Process } from "../../../contract.js";
import { type Update, type UpdatedFile, updatedFiles } from "../../../kernel/updates.js";
import { digest, type Entry, storeContent } from "./index-file.js";
import type { Parameters } from "./parameters.js";

/** A file that an update changes in a tree: it is added, replaced or removed. */
export interface Change {
  file: UpdatedFile;
  present?: Entry & { data: Buffer };
  next?: Entry;
}

export interface Inspection {
  changes: Change[];
  /** Files that are left alone, since their owner has changed them. */
  modified: string[];
}

/** Compares a tree with what the server has of the release. The tree may well be another release's. */
export function inspectTree(parameters: Parameters, release: string, update: Update): Inspection {
  const { process, baseDir, components, ignorePaths, updateIfUnmodified } = parameters;
  const found: Inspection = { changes: [], modified: [] };
  for (const file of updatedFiles(process.machine, release, update)) {
    const path = `/${file.path}`;
    const under = (prefixes: string[]) => prefixes.some((prefix) => path.startsWith(prefix));
    const component = path.startsWith("/boot/kernel/") ? "kernel" : "world";
    if (!components.includes(component) || under(ignorePaths)) continue;
    const present = presentFile(process, baseDir, path);
    // A file that is not there comes only when it is new in the release.
    if (!present && (file.before.length > 0 || file.now === undefined)) continue;
    const hash = file.now === undefined ? undefined : digest(file.now);
    if (present?.hash === hash) continue;
    const known = present === undefined || file.before.map(digest).includes(present.hash);
    if (!known && under(updateIfUnmodified)) found.modified.push(path);
    else found.changes.push({ file, present, next: nextEntry(file, present, hash) });
  }
  return found;
}

function presentFile(process: Process, baseDir: string, path: string): Change["present"] {
  const { files } = process.machine;
  const full = `${baseDir}/${path}`;
  if (!files.exists(process, full)) return undefined;
  const { uid, gid, mode, flags } = files.stat(process, full);
  const data = files.read(process, full);
  return { path, uid, gid, mode, immutable: flags.has("schg"), hash: digest(data), data };
}

/** Owner, mode and flags of a file that is there are kept. */
function nextEntry(
  file: UpdatedFile,
  present: Change["present"],
  hash: string | undefined,
): Entry | undefined {
  if (hash === undefined) return undefined;
  const path = `/${file.path}`;
  const { uid, gid, mode, immutable } = present ?? {
    ...{ uid: 0, gid: 0, mode: file.mode, immutable: file.flags.includes("schg") },
  };
  return { path, uid, gid, mode, immutable, hash };
}

/** Keeps the present and the new contents; those that the server knows the old version of come as patches. */
export function downloadFiles(process: Process, changes: readonly Change[]): void {
  const counts = { patches: 0, files: 0 };
  for (const { file, present, next } of changes) {
    if (present) storeContent(process, present.data);
    if (!next || file.now === undefined) continue;
    const patchable = present && file.before.map(digest).includes(present.hash);
    counts[patchable ? "patches" : "files"] += 1;
    storeContent(process, file.now);
  }
  if (counts.patches > 0) {
    const line = `Fetching ${counts.patches} patches.${progress(counts.patches)} done.\n`;
    process.stdout.write(`${line}Applying patches... done.\n`);
  }
  if (counts.files > 0) {
    process.stdout.write(`Fetching ${counts.files} files... ${progress(counts.files)} done.\n`);
  }
}

/** A dot for every second file, and every tenth by its number. */
function progress(count: number): string {
  return Array.from({ length: count }, (_, index) => index + 1)
    .map((at) => (at % 10 === 0 ? String(at) : at % 2 === 0 ? "." : ""))
    .join("");
}
