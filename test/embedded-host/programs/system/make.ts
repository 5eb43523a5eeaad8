import type { Process } from "../../contract.js";
import { populateBaseTree } from "../../kernel/base-tree.js";
import { BUILT, sourceVersion } from "../../kernel/source-tree.js";
import { programsOf, treeLike } from "../../kernel/updates.js";
import { argumentOf, describeProblem, readOptions } from "./options.js";

/** Targets that install something, each with the part of the base system that it installs. */
const TARGETS: Record<string, (path: string) => boolean> = {
  // Directories all come with the world, the kernel comes by installkernel.
  installworld: (path) => path.endsWith("/") || !(isConfiguration(path) || isKernel(path)),
  distribution: (path) => !path.endsWith("/") && isConfiguration(path),
};

/** make(1) of the system's sources: installworld and distribution of a tree that was built. */
export async function make(process: Process): Promise<number> {
  const options = readOptions(process.argv.slice(1), "BC:D:ef:iI:j:J:km:nqrst:V:v");
  if (options.problem) {
    process.stderr.write(describeProblem("make", options.problem));
    process.stderr.write(
      "usage: make [-BeikNnqrSstWwX] [-C directory] [-D variable] [variable=value] [target ...]\n",
    );
    return 2;
  }
  const { files } = process.machine;
  const directory = argumentOf(options, "C") ?? process.cwd;
  if (!files.exists(process, directory)) {
    process.stderr.write(`make: chdir ${directory}: No such file or directory\n`);
    return 2;
  }
  const variables = new Map(
    options.operands
      .filter((word) => word.includes("="))
      .map((word) => [word.slice(0, word.indexOf("=")), word.slice(word.indexOf("=") + 1)]),
  );
  const targets = options.operands.filter((word) => !word.includes("="));
  for (const target of targets.length > 0 ? targets : ["all"]) {
    const status = await makeTarget(process, directory, target, variables);
    if (status !== 0) return status;
  }
  return 0;
}

async function makeTarget(
  process: Process,
  directory: string,
  target: string,
  variables: ReadonlyMap<string, string>,
): Promise<number> {
  const { files } = process.machine;
  const version = sourceVersion(process.machine, process, directory);
  const select = TARGETS[target];
  const stopped = `\nStop.\nmake: stopped in ${directory}\n`;
  if (version === undefined || select === undefined) {
    process.stderr.write(
      `make: don't know how to make ${target}. Stop\n\nmake: stopped in ${directory}\n`,
    );
    return 2;
  }
  if (!files.exists(process, `/usr/obj${directory}/${BUILT}`)) {
    process.stderr.write(
      `make[1]: "${directory}/Makefile.inc1": A build is required first.  ` +
        `You may have the wrong MAKEOBJDIRPREFIX set.\n*** Error code 1\n${stopped}`,
    );
    return 2;
  }
  const destination = files.hostPath(process, variables.get("DESTDIR") || "/");
  process.stdout.write(`--------------------------------------------------------------\n`);
  process.stdout.write(`>>> ${target === "installworld" ? "Installing everything" : target}\n`);
  const base = { release: treeLike(version), userland: version };
  populateBaseTree(files, destination, { ...base, programs: programsOf(process.machine) }, select);
  // A run that takes its time can be stopped.
  await process.sleep(10);
  return 0;
}

function isKernel(path: string): boolean {
  return path === "boot/kernel/kernel";
}

/** What the directory etc of the sources installs: all that an owner changes. */
function isConfiguration(path: string): boolean {
  return /^\/?(etc|root|var)\/./.test(path) || path.endsWith("/device.hints");
}
