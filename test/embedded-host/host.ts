/** The machine behind the SSH server: its kernel, its state, its programs, and its console. */
import type { Credentials, Machine, Release } from "./contract.js";
import { credentialsOf, findAccount } from "./kernel/accounts.js";
import type { BaseTreeOptions } from "./kernel/base-tree.js";
import { addHardDisk } from "./kernel/devices.js";
import { createDist, installDist } from "./kernel/dist.js";
import { BufferSource, Collector } from "./kernel/endpoints.js";
import { DEFAULT_PATH } from "./kernel/executable.js";
import { createMachine } from "./kernel/machine.js";
import {
  type BaseRepositories,
  installPkg,
  offerPackages,
  offerPorts,
  type Ports,
} from "./kernel/packages.js";
import { statusOf } from "./kernel/process.js";
import { Kernel } from "./kernel/processes.js";
import { installSources } from "./kernel/source-tree.js";
import { offerUpdates, setPrograms, treeLike, type Updates } from "./kernel/updates.js";
import { parseSize } from "./programs/files/support/text.js";
import { allPrograms } from "./programs/index.js";
import { installDebootstrap } from "./programs/linux/debootstrap.js";
import { foreignPrograms } from "./programs/linux/index.js";
import { locationOf } from "./programs/locations.js";
import { installQemuTools } from "./programs/system/disks/qemu-img.js";

export interface HostOptions {
  /** The release that the machine runs. Default: the newest that the embedded host knows. */
  release?: Release;
  /** The same seed makes the same machine. */
  seed?: number;
  hostname?: string;
  /** Installs doas or sudo, for members of group wheel and without a password. */
  become?: "doas" | "sudo";
  /** Creates a ZFS pool of this name on a disk of the machine. */
  zpool?: string;
  /** What URLs answer: fetch(1) sees these, and nothing else but file://. */
  web?: Readonly<Record<string, Buffer | string | { error: string }>>;
  /** What freebsd-update(8) finds: { "15.1-RELEASE": 3 }. Default: it has no network. */
  updates?: Updates;
  /** pkg(8) is installed. Default: only what fetches it is there. */
  pkg?: boolean;
  /** Repositories with the base system as packages: { "15.1": "15.1-RELEASE-p3" }, or by URL. */
  pkgbase?: BaseRepositories;
  /**
   * Packages of ports in the project's repository, from which pkg(8) fetches itself, too: { jq: { "/usr/local/bin/jq": "" } }.
   * Default: the repository cannot be reached.
   */
  ports?: Ports;
  /** debootstrap, a port, is installed with the keyrings of Debian and Ubuntu. */
  debootstrap?: boolean;
  /** qemu-img, of the port qemu-tools, is installed. */
  qemuTools?: boolean;
  /** Sources of the machine's release in /usr/src, as after buildworld; see also `installSources`. */
  src?: boolean;
  /** Disks, and partitions by their names, that carry nothing: { ada1p1: "1g" }. */
  disks?: Readonly<Record<string, string>>;
  /** How many times faster than the wall's the machine sleeps and waits. Default 1. */
  speed?: number;
}

export interface RunOptions {
  stdin?: string | Buffer;
  env?: Readonly<Record<string, string>>;
  cwd?: string;
  /** Who runs it; default root. */
  user?: string;
}

export interface RunResult {
  status: number;
  stdout: string;
  stderr: string;
}

/** Makes a machine and the kernel that runs its processes. */
export function createHost(options: HostOptions = {}): { machine: Machine; kernel: Kernel } {
  const release = options.release ?? "15.1-RELEASE-p1";
  const kernel = new Kernel();
  kernel.speed = options.speed ?? 1;
  for (const [name, program] of Object.entries(allPrograms(options.become))) {
    kernel.programs.set(name, program);
  }
  const programs = programDirectories(release, kernel);
  for (const [name, program] of Object.entries(foreignPrograms)) kernel.programs.set(name, program);
  const machine = createMachine({ ...options, release, programs }, kernel);
  kernel.attach(machine);
  setPrograms(machine, programs);
  for (const [name, size] of Object.entries(options.disks ?? {})) {
    addHardDisk(machine, name, parseSize(size) ?? 0);
  }
  if (options.updates !== undefined) offerUpdates(machine, options.updates);
  if (options.debootstrap === true) installDebootstrap(machine);
  if (options.qemuTools === true) installQemuTools(machine);
  if (options.pkg === true) installPkg(machine);
  if (options.pkgbase !== undefined) offerPackages(machine, options.pkgbase);
  if (options.ports !== undefined) offerPorts(machine, options.ports);
  if (options.src === true) installSources(machine, release);
  return { machine, kernel };
}

/** The directory of each program that a kernel knows: what the trees of its machine hold. */
function programDirectories(release: Release, kernel: Kernel): Record<string, string> {
  return Object.fromEntries(
    [...kernel.programs.keys()]
      .filter((name) => !(name in foreignPrograms))
      .map((name) => [name, locationOf(release, name)]),
  );
}

/**
 * Gives a machine the sets of its release: in /usr/freebsd-dist, as bsdinstall leaves them, and on the mirror that
 * its fetch(1) sees. `others` are further releases of that mirror.
 */
export async function installRelease(
  machine: Machine,
  kernel: Kernel,
  others: readonly string[] = [],
): Promise<void> {
  const { release } = machine;
  const base = { release, programs: programDirectories(release, kernel) };
  await installDist(machine.files, base);
  await publish(machine, release.replace(/-p\d+$/, ""), base);
  for (const userland of others) {
    await publish(machine, userland, { ...base, release: treeLike(userland), userland });
  }
}

/** Puts the sets of a release where download.freebsd.org has them, unless a test put its own there. */
async function publish(machine: Machine, name: string, options: BaseTreeOptions): Promise<void> {
  for (const [file, bytes] of Object.entries(await createDist(options))) {
    for (const folder of ["amd64", "amd64/amd64"]) {
      const path = `download.freebsd.org/releases/${folder}/${name}/${file}`;
      for (const url of [`https://${path}`, `http://${path}`]) {
        if (!machine.web.has(url)) machine.web.set(url, bytes);
      }
    }
  }
}

/** Runs a shell line as an admin at the console would, without SSH. */
export async function runAtConsole(
  kernel: Kernel,
  line: string,
  options: RunOptions = {},
): Promise<RunResult> {
  const stdout = new Collector();
  const stderr = new Collector();
  const process = kernel.spawn(undefined, ["/bin/sh", "-c", line], {
    stdin: new BufferSource(Buffer.from(options.stdin ?? "")),
    stdout,
    stderr,
    cwd: options.cwd ?? "/",
    credentials: credentialsFor(kernel.machine, options.user ?? "root"),
    env: new Map(Object.entries({ ...CONSOLE_ENVIRONMENT, ...options.env })),
  });
  const ended = await process.ended;
  return { status: statusOf(ended), stdout: stdout.text(), stderr: stderr.text() };
}

function credentialsFor(machine: Machine, user: string): Credentials {
  const where = { root: "/", cwd: "/" };
  const account = findAccount(machine, where, user);
  if (account === undefined) throw new Error(`the machine has no user ${user}`);
  return credentialsOf(machine, where, account);
}

const CONSOLE_ENVIRONMENT = {
  HOME: "/root",
  USER: "root",
  LOGNAME: "root",
  SHELL: "/bin/sh",
  PATH: DEFAULT_PATH,
  LC_ALL: "C",
  // As login.conf sets it for everybody.
  BLOCKSIZE: "K",
};
