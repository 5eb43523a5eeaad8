import type { Process } from "../../../contract.js";
import type { Update } from "../../../kernel/updates.js";
import { checkBeforeFetch, linkOf, refuse } from "./checks.js";
import { digest } from "./index-file.js";
import { downloadFiles, inspectTree } from "./inspect.js";
import { dropManifest, reportChanges, warnEndOfLife, writeManifest } from "./manifest.js";
import { type Parameters, Stop } from "./parameters.js";
import { UpdateServer } from "./server.js";

/** `freebsd-update fetch`: leaves in the working directory what `install` puts into the tree. */
export async function fetchUpdates(parameters: Parameters): Promise<void> {
  const { process } = parameters;
  const out = (text: string) => process.stdout.write(text);
  const release = parameters.release.replace(/-p\d+$/, "").replace("-SECURITY", "-RELEASE");
  checkFetch(parameters);
  prepareWorkDir(process);
  const server = new UpdateServer(parameters);
  server.fetchKey();
  const update = server.fetchTag(release);
  checkTag(parameters, release, update);
  if (update.asks !== undefined) await askToGoOn(process, update.asks);
  fetchMetadata(process, release, update);
  out("Inspecting system... ");
  const { changes, modified } = inspectTree(parameters, release, update);
  out("done.\nPreparing to download files... done.\n");
  downloadFiles(process, changes);
  await process.sleep(0);
  dropManifest(parameters);
  reportChanges(process, modified, `${release}-p${update.level}`, changes);
  if (changes.length > 0) await writeManifest(parameters, changes);
  warnEndOfLife(parameters, update);
}

function checkFetch(parameters: Parameters): void {
  const { process, self, noTerminalNeeded, targetRelease, force } = parameters;
  if (!noTerminalNeeded) {
    refuse(
      parameters,
      "freebsd-update fetch should not be run non-interactively.",
      "Run freebsd-update cron instead.",
    );
  }
  checkBeforeFetch(parameters);
  if (targetRelease !== undefined) {
    const hint = "(Did you mean 'upgrade' instead?)";
    refuse(parameters, `freebsd-update: '-r' option is meaningless with 'fetch' command.  ${hint}`);
  }
  const done = `${linkOf(parameters, "install")}/kerneldone`;
  if (process.machine.files.exists(process, done) && !force) {
    refuse(
      parameters,
      "You have a partially completed upgrade pending",
      `Run '${self} install' first.`,
      `Run '${self} fetch -F' to proceed anyway.`,
    );
  }
}

/** What every fetch leaves in the working directory, whether there are updates or not. */
export function prepareWorkDir(process: Process): void {
  const { files } = process.machine;
  if (!files.exists(process, "files")) files.mkdir(process, "files", 0o755);
  for (const name of ["tINDEX.present", "serverlist_tried"]) {
    if (!files.exists(process, name)) files.write(process, name, "");
  }
}

/** Refuses to go back to an older patch level than the system, or this directory, has seen. */
function checkTag(parameters: Parameters, release: string, { level }: Update): void {
  const { process } = parameters;
  const running = Number(/-p(\d+)$/.exec(parameters.release)?.[1] ?? 0);
  const stop = "Cowardly refusing to proceed any further.";
  const mirror = `Files on mirror (${release}-p${level})`;
  if (level < running) {
    const now = `we are currently running (${parameters.release})!`;
    refuse(parameters, "", `${mirror} appear older than what`, now, stop);
  }
  const { files } = process.machine;
  const tag = files.exists(process, "tag") ? files.read(process, "tag").toString() : "";
  const [, , seen, last] = tag.split("|");
  if (seen === release && level < Number(last)) {
    const most = `most recently seen updates (${release}-p${last}).`;
    refuse(parameters, "", `${mirror} are older than the${most}`, stop);
  }
}

/** The script's question: it waits for a line that begins with y or n, and takes an end of file for a yes. */
export async function askToGoOn(process: Process, question: string): Promise<void> {
  let line = "";
  for (;;) {
    process.stdout.write(`${question}\nDoes this look reasonable (y/n)? `);
    while (!line.includes("\n")) {
      const piece = await process.stdin.read();
      if (piece === null) return;
      line += piece.toString();
    }
    if (/^y/i.test(line)) return;
    if (/^n/i.test(line)) throw new Stop(1);
    line = line.slice(line.indexOf("\n") + 1);
  }
}

/** Fetches the index of the release, unless the working directory has it. */
function fetchMetadata(process: Process, release: string, update: Update): void {
  const { files } = process.machine;
  const hash = digest(`${release}-p${update.level}`);
  const index = `INDEX-NEW|${hash}\nINDEX-OLD|${digest(hash)}\n`;
  process.stdout.write("Fetching metadata index... done.\n");
  if (files.read(process, "tINDEX.present").toString() !== index) {
    process.stdout.write("Fetching 2 metadata files... done.\n");
  }
  files.write(process, "tINDEX.present", index);
  const end = Math.floor((update.endOfLife ?? Date.UTC(2099, 0)) / 1000);
  const tag = ["freebsd-update", "amd64", release, update.level, hash, end];
  files.write(process, "tag", `${tag.join("|")}\n`);
}
