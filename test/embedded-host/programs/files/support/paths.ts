import { FsError } from "../../../contract.js";
import type { DetailedStat } from "../../../kernel/attributes.js";
import type { Run } from "./options.js";

/** Puts a name behind a directory's path as tools print it. */
export function join(directory: string, name: string): string {
  return directory.endsWith("/") ? directory + name : `${directory}/${name}`;
}

/** stat(2), or undefined when there is nothing of that name. Other errors are thrown. */
export function statIfThere(
  run: Run,
  path: string,
  options?: { follow?: boolean },
): DetailedStat | undefined {
  try {
    return run.files.find(run.process, path, options);
  } catch (error) {
    // A directory on the way may be missing, too.
    if (error instanceof FsError && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/** True for a directory, also for a link to one unless `follow` is false. */
export function isDirectory(run: Run, path: string, follow = true): boolean {
  try {
    return run.files.find(run.process, path, { follow })?.type === "directory";
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

/** The last component as basename(1) sees it: without trailing slashes. */
export function lastName(path: string): string {
  const trimmed = path.replace(/(?!^)\/+$/, "");
  return trimmed === "/" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/** What lies before the last component, as dirname(1) sees it. */
export function directoryName(path: string): string {
  const trimmed = path.replace(/(?!^)\/+$/, "");
  const at = trimmed.lastIndexOf("/");
  if (at < 0) return ".";
  return trimmed.slice(0, at).replace(/(?!^)\/+$/, "") || "/";
}
