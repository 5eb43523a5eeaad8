import { FsError, type Process } from "../../contract.js";
import { Collector } from "../../kernel/endpoints.js";
import { strerror } from "../../kernel/errors.js";
import { enterWorkDir, hasLink, linkOf, refuse } from "./update/checks.js";
import { fetchUpdates } from "./update/fetch.js";
import { installUpdates } from "./update/install.js";
import { type Parameters, readParameters, Stop } from "./update/parameters.js";
import { rollBackUpdates } from "./update/rollback.js";
import { fetchUpgrade } from "./update/upgrade.js";
import { updateUsage } from "./update/usage.js";

/**
 * freebsd-update(8): what it answers and leaves behind follows the script of the base system. IDS, cron and
 * showconfig are not there, and `upgrade` finds no release to go to.
 */
export async function freebsdUpdate(process: Process): Promise<number> {
  try {
    const parameters = readParameters(process);
    if (parameters === undefined) {
      process.stdout.write(updateUsage(process.machine.release));
      return 0;
    }
    await checkPackages(parameters);
    let fetched = false;
    for (const command of parameters.commands) {
      tellOfSources(parameters);
      await runCommand(parameters, command, fetched);
      fetched ||= command === "fetch";
    }
    return 0;
  } catch (error) {
    if (error instanceof Stop) return error.status;
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`cannot create ${error.path}: ${strerror(error.code)}\n`);
    return 1;
  }
}

/** A base system of packages is pkg's to update: newer scripts refuse it. */
async function checkPackages(parameters: Parameters): Promise<void> {
  const { process, baseDir } = parameters;
  if (process.machine.release === "13.2-RELEASE") return;
  const silent = { stdout: new Collector(), stderr: new Collector() };
  if ((await process.spawn(["pkg", "-N", "-r", baseDir], silent)) !== 0) return;
  const which = ["pkg", "-r", baseDir, "which", "/usr/bin/uname"];
  if ((await process.spawn(which, { stdout: silent.stdout })) !== 0) return;
  refuse(
    parameters,
    "freebsd-update is incompatible with the use of packaged base.  Please see",
    "https://wiki.freebsd.org/PkgBase for more information.",
  );
}

function tellOfSources({ process, baseDir, components }: Parameters): void {
  if (!components.includes("src")) return;
  if (process.machine.files.exists(process, `${baseDir}/usr/src/COPYRIGHT`)) return;
  process.stdout.write("src component not installed, skipped\n");
}

async function runCommand(
  parameters: Parameters,
  command: string,
  fetched: boolean,
): Promise<void> {
  if (command === "fetch") await fetchUpdates(parameters);
  else if (command === "install") await installUpdates(parameters, fetched);
  else if (command === "rollback") await rollBackUpdates(parameters);
  else if (command === "upgrade") await fetchUpgrade(parameters);
  else tellWhetherReady(parameters);
}

function tellWhetherReady(parameters: Parameters): void {
  const { process, self, workDir } = parameters;
  if (process.machine.files.exists(process, workDir)) {
    enterWorkDir(parameters);
    if (hasLink(process, linkOf(parameters, "install"))) {
      process.stdout.write(
        `There are updates available to install.\nRun '${self} install' to proceed.\n`,
      );
      return;
    }
  }
  process.stdout.write("No updates are available to install.\n");
  throw new Stop(2);
}
