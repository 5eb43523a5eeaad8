import { enterWorkDir, hasLink, linkOf, refuse } from "./checks.js";
import { readIndex } from "./index-file.js";
import { clearFlags, installFiles, removeFiles } from "./install.js";
import { dropManifest } from "./manifest.js";
import type { Parameters } from "./parameters.js";

/** `freebsd-update rollback`: takes back what was installed last. */
export async function rollBackUpdates(parameters: Parameters): Promise<void> {
  const { process } = parameters;
  const { files } = process.machine;
  if (process.credentials.uid !== 0) refuse(parameters, "You must be root to run this.");
  enterWorkDir(parameters);
  const link = linkOf(parameters, "rollback");
  if (!hasLink(process, link)) refuse(parameters, "No rollback directory found.");
  const old = readIndex(process, `${link}/INDEX-OLD`);
  const fresh = readIndex(process, `${link}/INDEX-NEW`);
  process.stdout.write("Uninstalling updates...");
  dropManifest(parameters, "install");
  await clearFlags(parameters, [...old, ...fresh]);
  await installFiles(parameters, old);
  removeFiles(parameters, fresh, old);
  const further = hasLink(process, `${link}/rollback`);
  if (further) files.rename(process, `${link}/rollback`, "rollback-tmp");
  dropManifest(parameters, "rollback");
  if (further) files.rename(process, "rollback-tmp", link);
  process.stdout.write(" done.\n");
}
