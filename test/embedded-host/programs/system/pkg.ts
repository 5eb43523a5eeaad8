import type { Process } from "../../contract.js";
import { PKG } from "../../kernel/packages.js";
import { argumentOf, has, readOptions } from "./options.js";
import { installedPkg } from "./packages/packages.js";
import { bootstrapPkg } from "./packages/ports.js";

/** The stub pkg(7) of the base system: it becomes pkg(8) when that is installed, which nothing fetches here. */
export async function pkg(process: Process): Promise<number> {
  const options = readOptions(process.argv.slice(1), "46Nvldj:c:r:C:R:o:");
  const jail = argumentOf(options, "j");
  if (jail !== undefined && !jailExists(process, jail)) {
    process.stderr.write(`pkg: jail ${jail} not found\n`);
    return 1;
  }
  if (process.machine.files.exists(process, PKG)) return await installedPkg(process);
  if (has(options, "N")) {
    process.stderr.write("pkg: pkg is not installed\n");
    return 1;
  }
  if (!/^(yes|true|1)$/i.test(process.env.get("ASSUME_ALWAYS_YES") ?? "")) {
    process.stderr.write(
      "The package management tool is not yet installed on your system.\n" +
        "Please set ASSUME_ALWAYS_YES=yes environment variable to be able to bootstrap " +
        "in non-interactive (stdin not being a tty)\n",
    );
    return 1;
  }
  if (bootstrapPkg(process)) return await installedPkg(process);
  for (const repository of repositories(process)) {
    process.stdout.write(`Bootstrapping pkg from pkg+${repository}, please wait...\n`);
  }
  for (const repository of repositories(process))
    process.stderr.write(failure(process, repository));
  if (process.machine.release === "13.2-RELEASE")
    process.stderr.write("Consider changing PACKAGESITE.\n");
  return 1;
}

function jailExists(process: Process, key: string): boolean {
  return [...process.machine.jails.values()].some(
    (jail) => jail.name === key || String(jail.jid) === key,
  );
}

function repositories(process: Process): string[] {
  if (process.machine.release === "13.2-RELEASE") {
    return ["http://pkg.FreeBSD.org/FreeBSD:13:amd64/quarterly"];
  }
  const base = "https://pkg.FreeBSD.org/FreeBSD:15:amd64";
  return [`${base}/quarterly`, `${base}/kmods_quarterly_1`];
}

function failure(process: Process, repository: string): string {
  const newer = process.machine.release !== "13.2-RELEASE";
  const suffix = newer ? "pkg" : "txz";
  if (newer && process.jid !== 0) {
    return (
      `pkg: Error fetching ${repository}/Latest/pkg.${suffix}: Transient resolver failure\n` +
      "A pre-built version of pkg could not be found for your system.\n"
    );
  }
  return (
    `pkg: Error fetching ${repository}/Latest/pkg.${suffix}: Host does not resolve\n` +
    `Address resolution failed for ${repository}.\n`
  );
}
