import type { Machine, Where } from "../contract.js";
import { sideTable } from "./side-tables.js";

/**
 * Repositories with the base system as packages, by what stands behind them: { "15.1": "15.1-RELEASE-p3" } is the
 * project's own for that release, a URL is another one.
 */
export type BaseRepositories = Readonly<Record<string, string>>;

/** Where pkg(8) itself is once it is installed; what the base system has only fetches it. */
export const PKG = "/usr/local/sbin/pkg";
/** The database of what is installed, below the root directory of a system. */
export const DATABASE = "/var/db/pkg/local.sqlite";

const offers = sideTable<Machine, Map<string, string>>();
const kernel: Where = { root: "/", cwd: "/", umask: 0o022 };

/** Puts base systems into repositories; a later offer of the same one replaces it. */
export function offerPackages(machine: Machine, repositories: BaseRepositories): void {
  const known = offers.get(machine) ?? new Map<string, string>();
  for (const [name, userland] of Object.entries(repositories)) known.set(urlOf(name), userland);
  offers.set(machine, known);
}

function urlOf(name: string): string {
  const match = /^(\d+)\.(\d+)$/.exec(name);
  if (!match) return name.replace(/^pkg\+/, "").replace(/\/$/, "");
  return `https://pkg.FreeBSD.org/FreeBSD:${match[1]}:amd64/base_release_${match[2]}`;
}

/** The base system in a repository. */
export function findPackages(machine: Machine, url: string): string | undefined {
  return offers.get(machine)?.get(urlOf(url));
}

/**
 * Ports as packages: by name, the files of each with their content. "+MANIFEST" is no file: it tells the version and
 * what the package needs, as { "version": "1.7", "deps": ["oniguruma"] }.
 */
export type Ports = Readonly<Record<string, Readonly<Record<string, string>>>>;

const portOffers = sideTable<Machine, Ports>();

/** Puts packages of ports, and of pkg(8) itself, into the project's repository. */
export function offerPorts(machine: Machine, ports: Ports): void {
  portOffers.set(machine, ports);
}

/** What the project's repository has of ports; undefined when it cannot be reached. */
export const portsOf = (machine: Machine): Ports | undefined => portOffers.get(machine);

/** Installs pkg(8), as its package does. */
export function installPkg(machine: Machine, where: Where = kernel): void {
  const { files } = machine;
  if (!files.exists(where, "/usr/local/sbin")) files.mkdir(where, "/usr/local/sbin");
  files.write(where, PKG, "\x7fELF pkg\n", { mode: 0o755 });
  files.write(where, DATABASE, databaseOf({ packages: ["pkg"], version: "2.4.2" }));
}

export interface InstalledPort {
  version: string;
  deps: string[];
  files: string[];
  /** Nobody asked for it: it came with one that needs it. */
  automatic: boolean;
}

/** What a package of ports says of itself. */
export function manifestOf(files: Ports[string] | undefined): { version: string; deps: string[] } {
  const text = files?.["+MANIFEST"] ?? "{}";
  return { version: "1.0", deps: [], ...(JSON.parse(text) as object) };
}

/** What a database tells. */
export interface Installed {
  packages: string[];
  /** Version of all packages: "15.1p3". */
  version: string;
  /** What is known beyond that of single ones. */
  ports?: Record<string, InstalledPort>;
}

/** The database's file: a text that only this host reads, behind SQLite's first bytes. */
export function databaseOf(installed: Installed): string {
  return `SQLite format 3\0${JSON.stringify(installed)}\n`;
}

/** The database of a system, or undefined when nothing is installed there. */
export function readDatabase(machine: Machine, where: Where): Installed | undefined {
  if (!machine.files.exists(where, DATABASE)) return undefined;
  const text = machine.files.read(where, DATABASE).toString();
  return JSON.parse(text.slice(text.indexOf("{"))) as Installed;
}

/** The version that packages of a userland have: 15.1-RELEASE-p3 is 15.1p3. */
export function versionOf(userland: string): string {
  return userland.replace("-RELEASE", "").replace("-p", "p");
}
