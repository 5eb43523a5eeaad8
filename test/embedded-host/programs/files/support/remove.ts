import { FsError } from "../../../contract.js";
import type { DetailedStat } from "../../../kernel/attributes.js";
import { type Run, warn } from "./options.js";
import { traverse } from "./traverse.js";

/** rm -r: entries before their directory; what cannot be removed is reported and the rest goes on. */
export function removeTree(run: Run, path: string, options: { sameDevice?: boolean } = {}): number {
  let status = 0;
  const failed = (at: string, error: unknown) => {
    status = warn(run, at, error);
  };
  // fts(3) reads a directory as a whole before rm removes what is in it.
  for (const visit of traverse(run, path, { sameDevice: options.sameDevice, onError: failed })) {
    if (visit.stat.type === "directory" && !visit.after) {
      clearUserFlags(run, visit.path, visit.stat);
      continue;
    }
    try {
      removeOne(run, visit.path, visit.stat);
    } catch (error) {
      failed(visit.path, error);
    }
  }
  return status;
}

/** Removes a file or an empty directory. */
export function removeOne(run: Run, path: string, stat: DetailedStat): void {
  clearUserFlags(run, path, stat);
  if (stat.type === "directory") run.files.rmdir(run.process, path);
  else run.files.unlink(run.process, path);
}

/** For root, flags that a user can set are no obstacle: rm clears them first. */
function clearUserFlags(run: Run, path: string, stat: DetailedStat): void {
  const { process, files } = run;
  const system = stat.flags.has("schg") || stat.flags.has("sappnd");
  const user = stat.flags.has("uchg") || stat.flags.has("uappnd");
  if (process.credentials.uid !== 0 || system || !user) return;
  const rest = [...stat.flags].filter((flag) => flag !== "uchg" && flag !== "uappnd");
  try {
    files.chflags(process, path, new Set(rest), { follow: false });
  } catch (error) {
    // The removal that follows fails with the reason that matters to the user.
    if (!(error instanceof FsError)) throw error;
  }
}
