import type { Process } from "../../../contract.js";
import { Collector } from "../../../kernel/endpoints.js";
import type { Update } from "../../../kernel/updates.js";
import { formatTime } from "../date.js";
import { hasLink, linkOf } from "./checks.js";
import { type Entry, formatIndex } from "./index-file.js";
import type { Change } from "./inspect.js";
import { type Parameters, Stop } from "./parameters.js";

/** Removes what an earlier fetch has left to install in this tree, or an earlier install to go back to. */
export function dropManifest(
  parameters: Parameters,
  what: "install" | "rollback" = "install",
): void {
  const { process } = parameters;
  const { files } = process.machine;
  const link = linkOf(parameters, what);
  if (!hasLink(process, link)) return;
  if (files.exists(process, link)) {
    for (const name of files.readdir(process, link)) files.unlink(process, `${link}/${name}`);
    files.rmdir(process, files.readlink(process, link));
  }
  files.unlink(process, link);
}

/** Tells what `install` will do, and what the owner's changes keep it from doing. */
export function reportChanges(
  process: Process,
  modified: readonly string[],
  goal: string,
  changes: readonly Change[],
): void {
  const list = (intro: string, paths: readonly string[]) => {
    if (paths.length > 0) process.stdout.write(`${intro}\n${[...paths].sort().join("\n")}\n`);
  };
  list(
    "The following files are affected by updates. No changes have\n" +
      "been downloaded, however, because the files have been modified\nlocally:",
    modified,
  );
  if (changes.length === 0) {
    process.stdout.write(`\nNo updates needed to update system to ${goal}.\n`);
    return;
  }
  const about = (what: string) =>
    `The following files will be ${what} as part of updating to\n${goal}:`;
  const paths = (of: (change: Change) => boolean) =>
    changes.filter(of).map(({ file }) => `/${file.path}`);
  list(
    about("removed"),
    paths(({ next }) => next === undefined),
  );
  list(
    about("added"),
    paths(({ present }) => present === undefined),
  );
  list(
    about("updated"),
    paths(({ present, next }) => present !== undefined && next !== undefined),
  );
}

/** Makes the directory that `install` works from, and the link that says that there is one. */
export async function writeManifest(
  parameters: Parameters,
  changes: readonly Change[],
): Promise<void> {
  const { process } = parameters;
  const { files } = process.machine;
  const name = new Collector();
  const status = await process.spawn(["mktemp", "-d", "install.XXXXXX"], { stdout: name });
  if (status !== 0) throw new Stop(1);
  const directory = name.text().trim();
  const entries = (of: (change: Change) => Entry | undefined) =>
    formatIndex(changes.map(of).filter((entry) => entry !== undefined));
  files.write(
    process,
    `${directory}/INDEX-OLD`,
    entries(({ present }) => present),
  );
  files.write(
    process,
    `${directory}/INDEX-NEW`,
    entries(({ next }) => next),
  );
  files.symlink(process, directory, linkOf(parameters, "install"));
}

/** Warns of a release that is past its support, which makes fetch fail although it has fetched all. */
export function warnEndOfLife({ process, release }: Parameters, update: Update): void {
  if (update.endOfLife === undefined || update.endOfLife >= process.machine.now()) return;
  const date = formatTime(update.endOfLife, "%a %b %e %H:%M:%S UTC %Y");
  process.stdout.write(
    `\nWARNING: FreeBSD ${release} HAS PASSED ITS END-OF-LIFE DATE.\n` +
      `Any security issues discovered after ${date}\nwill not have been corrected.\n`,
  );
  throw new Stop(1);
}
