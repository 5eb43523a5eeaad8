import { readSysctl } from "../../../kernel/sysctl.js";
import { enterWorkDir, hasLink, linkOf, refuse } from "./checks.js";
import { type Entry, hasContent, loadContent, readIndex } from "./index-file.js";
import { type Parameters, Stop } from "./parameters.js";

const inKernel = ({ path }: Entry) => path.startsWith("/boot/");
const isLibrary = ({ path }: Entry) => /\/lib\/.*\.so\.\d+$/.test(path);

/** The order in which files of the world come: what everything is linked with comes first. */
const PHASES: ((entry: Entry) => boolean)[] = [
  ({ path }) => /^\/libexec\/ld-elf.*\.so\.\d+$/.test(path),
  ({ path }) => /\/lib\/libsys\.so\.\d+$/.test(path),
  ({ path }) => /\/lib\/libc\.so\.\d+$/.test(path),
  ({ path }) => /\/lib\/libthr\.so\.\d+$/.test(path),
  isLibrary,
  () => true,
];

/** `freebsd-update install`: puts what `fetch` has left into the tree, in one or in several runs. */
export async function installUpdates(parameters: Parameters, fetched: boolean): Promise<void> {
  const { process } = parameters;
  const { files } = process.machine;
  checkInstall(parameters, fetched);
  const manifest = linkOf(parameters, "install");
  const old = readIndex(process, `${manifest}/INDEX-OLD`);
  const fresh = readIndex(process, `${manifest}/INDEX-NEW`);
  process.stdout.write("Installing updates...");
  verifyContents(parameters, [...old, ...fresh]);
  await clearFlags(parameters, [...old, ...fresh]);
  if (!files.exists(process, `${manifest}/kerneldone`)) {
    await installFiles(parameters, fresh.filter(inKernel));
    removeFiles(parameters, old.filter(inKernel), fresh);
    files.write(process, `${manifest}/kerneldone`, "");
  }
  const gone = old.filter((entry) => !inKernel(entry) && !isIn(fresh, entry));
  if (!files.exists(process, `${manifest}/worlddone`)) {
    await installWorld(parameters, fresh);
    removeFiles(
      parameters,
      gone.filter((entry) => !isLibrary(entry)),
      fresh,
    );
    await rebuildDatabases(parameters);
    files.write(process, `${manifest}/worlddone`, "");
    if (gone.some(isLibrary)) askForAnotherRun(parameters);
  }
  removeFiles(parameters, gone.filter(isLibrary), fresh);
  setUpRollback(parameters, manifest);
  process.stdout.write(" done.\n");
}

function checkInstall(parameters: Parameters, fetched: boolean): void {
  const { process, self } = parameters;
  if (process.credentials.uid !== 0) refuse(parameters, "You must be root to run this.");
  if (Number(readSysctl(process, "kern.securelevel") ?? -1) > 0) {
    refuse(
      parameters,
      "Updates cannot be installed when the system securelevel",
      "is greater than zero.",
    );
  }
  enterWorkDir(parameters);
  const manifest = linkOf(parameters, "install");
  if (!hasLink(process, manifest)) {
    process.stdout.write("No updates are available to install.\n");
    if (fetched) throw new Stop(0);
    process.stdout.write(`Run '${self} fetch' first.\n`);
    throw new Stop(2);
  }
  checkManifest(parameters, manifest);
}

/** A manifest has both of its lists, whatever else happened to the working directory. */
function checkManifest(parameters: Parameters, manifest: string): void {
  const { process, self } = parameters;
  const names = ["INDEX-OLD", "INDEX-NEW"].map((name) => `${manifest}/${name}`);
  if (names.every((name) => process.machine.files.exists(process, name))) return;
  const problem = "Update manifest is corrupt -- this should never happen.";
  refuse(parameters, problem, `Re-run '${self} fetch'.`);
}

function verifyContents(parameters: Parameters, entries: readonly Entry[]): void {
  if (entries.every(({ hash }) => hasContent(parameters.process, hash))) return;
  const { self } = parameters;
  refuse(
    parameters,
    "Update files missing -- this should never happen.",
    `Re-run '${self} fetch'.`,
  );
}

function isIn(entries: readonly Entry[], { path }: Entry): boolean {
  return entries.some((entry) => entry.path === path);
}

export async function clearFlags(parameters: Parameters, entries: readonly Entry[]): Promise<void> {
  const { process, baseDir } = parameters;
  const paths = new Set(entries.map(({ path }) => baseDir + path));
  const there = [...paths].filter((path) => process.machine.files.exists(process, path));
  if (there.length === 0) return;
  if ((await process.spawn(["chflags", "noschg", ...there])) !== 0) throw new Stop(1);
}

async function installWorld(parameters: Parameters, fresh: readonly Entry[]): Promise<void> {
  let rest = fresh.filter((entry) => !inKernel(entry));
  for (const phase of PHASES) {
    await installFiles(parameters, rest.filter(phase));
    rest = rest.filter((entry) => !phase(entry));
  }
}

/** Replaces files one by one, each with a new file that takes the old one's name, then sets their flags. */
export async function installFiles(
  parameters: Parameters,
  entries: readonly Entry[],
): Promise<void> {
  const { process, baseDir } = parameters;
  const { files } = process.machine;
  for (const { path, uid, gid, mode, hash } of entries) {
    files.write(process, hash, loadContent(process, hash));
    const owner = ["-o", String(uid), "-g", String(gid), "-m", mode.toString(8)];
    const status = await process.spawn(["install", ...owner, hash, baseDir + path]);
    files.unlink(process, hash);
    if (status !== 0) throw new Stop(1);
  }
  const locked = entries.filter(({ immutable }) => immutable).map(({ path }) => baseDir + path);
  if (locked.length > 0) await process.spawn(["chflags", "schg", ...locked]);
}

export function removeFiles(
  { process, baseDir }: Parameters,
  old: readonly Entry[],
  fresh: readonly Entry[],
): void {
  const { files } = process.machine;
  for (const entry of old) {
    const path = baseDir + entry.path;
    if (!isIn(fresh, entry) && files.exists(process, path)) files.unlink(process, path);
  }
}

async function rebuildDatabases({ process, baseDir }: Parameters): Promise<void> {
  const etc = `${baseDir}/etc`;
  await process.spawn(["pwd_mkdb", "-d", etc, "-p", `${etc}/master.passwd`]);
  await process.spawn(["cap_mkdb", `${etc}/login.conf`]);
}

function askForAnotherRun({ process, self }: Parameters): never {
  process.stdout.write(
    "\nCompleting this upgrade requires removing old shared object files.\n" +
      "Please upgrade or rebuild all installed 3rd party software (e.g.,\n" +
      "programs installed with pkg or from the ports tree) and then run\n" +
      `'${self} install' again to finish installing updates.\n`,
  );
  throw new Stop(0);
}

/** What was to install becomes the way back; there may be a way back from there, too. */
function setUpRollback(parameters: Parameters, manifest: string): void {
  const { process } = parameters;
  const { files } = process.machine;
  files.unlink(process, `${manifest}/worlddone`);
  const rollback = linkOf(parameters, "rollback");
  if (hasLink(process, rollback)) files.rename(process, rollback, `${manifest}/rollback`);
  files.rename(process, manifest, rollback);
}
