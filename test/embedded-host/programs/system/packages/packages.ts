import type { Process } from "../../../contract.js";
import { freebsdVersionText } from "../../../kernel/base/rc-scripts.js";
import { populateBaseTree } from "../../../kernel/base-tree.js";
import { DATABASE, databaseOf, readDatabase, versionOf } from "../../../kernel/packages.js";
import { programsOf, treeLike } from "../../../kernel/updates.js";
import { has } from "../options.js";
import { type Call, readCall, saysYes } from "./arguments.js";
import { asksForPorts, installPorts } from "./ports.js";
import {
  deletePackages,
  queryCatalogue,
  queryPackages,
  setAutomatic,
  tellWhether,
  versionIn,
} from "./registered.js";
import { updateCatalogue } from "./repository.js";

/** Status of a catalogue that cannot be updated. */
const FATAL = 3;
/** Statuses of sysexits(3) that `which` ends with. */
const [SOFTWARE, USAGE] = [70, 64];

/** Sets and packages of the base system that this host knows; each set brings the whole system. */
const NAMES =
  /^FreeBSD-(set-(minimal|base|devel|optional|kernels|lib32|tests)(-jail)?|runtime|clibs|utilities|rc|ssh|pkg-bootstrap|zoneinfo|caroot|certctl|jail|newsyslog|periodic|syslogd|cron)$/;
/** What every set holds, so far as one asks for it. */
const HELD = ["FreeBSD-runtime", "FreeBSD-clibs", "FreeBSD-utilities", "FreeBSD-rc"];

/** pkg(8) once it is installed: packages of the base system, into any root directory. */
export async function installedPkg(process: Process): Promise<number> {
  const call = readCall(process);
  if (call.active) return tellActivity(call);
  switch (call.command) {
    case "update":
      return updateCatalogue(call) ? 0 : 1;
    case "install":
    case "upgrade":
      return await installPackages(call);
    case "which":
      return tellOwner(call);
    case "query":
      return queryPackages(call);
    case "rquery":
      return queryCatalogue(call);
    case "info":
      return has(call.options, "e") ? tellWhether(call) : listPackages(call);
    case "delete":
      return deletePackages(call);
    case "set":
      return setAutomatic(call);
    default:
      process.stderr.write(`pkg: '${call.command}' is not a valid command or plugin name.\n`);
      return 1;
  }
}

/** `pkg -N`: whether there is a database, and something in it. */
function tellActivity({ process, root }: Call): number {
  if (readDatabase(process.machine, root)) return 0;
  process.stderr.write("pkg: no packages registered\n");
  return 1;
}

async function installPackages(call: Call): Promise<number> {
  const { process, root, options, command } = call;
  const before = readDatabase(process.machine, root);
  if (command === "install" && options.operands.length === 0) {
    process.stderr.write("Usage: pkg install [-AfInFMqRUy] [-r reponame] [-Cgix] <pkg-name> ...\n");
    return 1;
  }
  if (process.credentials.uid !== 0) {
    process.stderr.write("pkg: Insufficient privileges to install packages\n");
    return 1;
  }
  if (command === "install" && asksForPorts(call)) return await installPorts(call);
  const catalogue = updateCatalogue(call);
  if (!catalogue) return FATAL;
  const unknown = options.operands.find((name) => !NAMES.test(name));
  if (unknown !== undefined) {
    process.stderr.write(
      `pkg: No packages available to install matching '${unknown}' have been found in the repositories\n`,
    );
    return 1;
  }
  const version = versionOf(catalogue.userland);
  const packages = [...new Set([...(before?.packages ?? []), ...options.operands, ...HELD])];
  if (before?.version === version && packages.length === before.packages.length) {
    process.stdout.write(
      command === "upgrade"
        ? "Checking for upgrades: done\nProcessing candidates: done\nYour packages are up to date.\n"
        : "The most recent versions of packages are already installed\n",
    );
    return 0;
  }
  process.stdout.write(
    `The following ${packages.length} package(s) will be affected (of 0 checked):\n\n`,
  );
  if (!saysYes(call)) {
    process.stdout.write("\nProceed with this action? [y/N]: \n");
    return 1;
  }
  await extract(call, catalogue.userland, before !== undefined);
  process.machine.files.write(root, DATABASE, databaseOf({ packages, version }));
  return 0;
}

/** Puts the base system into the root directory; an upgrade replaces what differs between patch levels. */
async function extract(call: Call, userland: string, upgrade: boolean): Promise<void> {
  const { process, root, rootDir } = call;
  const { files } = process.machine;
  // The packages are fetched first: a run that is stopped then has changed nothing.
  await process.sleep(10);
  if (!upgrade) {
    populateBaseTree(files, rootDir, {
      release: treeLike(userland),
      userland,
      programs: programsOf(process.machine),
    });
    files.unlink(root, "/boot/kernel/kernel");
  } else {
    files.write(root, "/bin/freebsd-version", freebsdVersionText(userland), { mode: 0o555 });
  }
  // Scripts of the packages run last.
  await process.sleep(10);
}

function tellOwner({ process, root, options }: Call): number {
  const [path] = options.operands;
  if (path === undefined) {
    process.stderr.write(
      "Usage: pkg which [-qgop] <file>\n\nFor more information see 'pkg help which'.\n",
    );
    return USAGE;
  }
  const installed = readDatabase(process.machine, root);
  const ours = !path.startsWith("/usr/local/") && installed?.packages.includes("FreeBSD-runtime");
  if (!installed || !ours || !process.machine.files.exists(root, path)) {
    if (!has(options, "q")) process.stdout.write(`${path} was not found in the database\n`);
    return SOFTWARE;
  }
  const owner = `FreeBSD-runtime-${installed.version}`;
  process.stdout.write(
    has(options, "q") ? `${owner}\n` : `${path} was installed by package ${owner}\n`,
  );
  return 0;
}

function listPackages({ process, root }: Call): number {
  const installed = readDatabase(process.machine, root);
  for (const name of [...(installed?.packages ?? [])].sort()) {
    process.stdout.write(`${name}-${versionIn(installed, name)}\n`);
  }
  return 0;
}
