import type { Machine, Release } from "../contract.js";
import { baseFiles } from "./base/etc-files.js";
import { freebsdVersionText } from "./base/rc-scripts.js";
import { sideTable } from "./side-tables.js";

/** What update.FreeBSD.org has for a release. A number stands for `{ level }`. */
export interface Update {
  /** The newest patch level: 3 for 15.1-RELEASE-p3. */
  level: number;
  /**
   * Further files that the update changes, by their path in the tree: the new text, or null for one that goes. A
   * library that goes makes `freebsd-update install` stop half-way and want to be run again, as real ones do.
   */
  files?: Readonly<Record<string, string | null>>;
  /** A question that `fetch` asks before it goes on; without anybody to answer it takes that for a yes. */
  asks?: string;
  /** When the support ends, in milliseconds: `fetch` of a release past it works, warns, and ends with status 1. */
  endOfLife?: number;
}

/** What updates there are by release: { "15.1-RELEASE": 3 }. */
export type Updates = Readonly<Record<string, number | Update>>;

/** A file of the release: every text it had so far, and the one it has at the newest level. */
export interface UpdatedFile {
  path: string;
  mode: number;
  flags: readonly string[];
  /** Empty for a file that the update adds. */
  before: readonly string[];
  /** Undefined for a file that the update takes away. */
  now?: string;
}

/** Files of the base system that every patch level changes, beside /bin/freebsd-version. */
const TOUCHED = ["etc/newsyslog.conf", "lib/libcrypt.so.5", "usr/share/misc/ascii"];

const offers = sideTable<Machine, Map<string, Update>>();
const programs = sideTable<Machine, Record<string, string>>();

/** Tells which programs the trees of a machine hold, each by its directory. */
export function setPrograms(machine: Machine, directories: Record<string, string>): void {
  programs.set(machine, directories);
}

/** The programs that a tree which is made on this machine holds. */
export function programsOf(machine: Machine): Record<string, string> {
  return programs.get(machine) ?? {};
}

/** Puts updates on the server that a machine's freebsd-update(8) sees; a later offer of a release replaces it. */
export function offerUpdates(machine: Machine, updates: Updates): void {
  const known = offers.get(machine) ?? new Map<string, Update>();
  for (const [release, update] of Object.entries(updates)) {
    known.set(release, typeof update === "number" ? { level: update } : update);
  }
  offers.set(machine, known);
}

/** Whether there is a server at all: without any offer the machine has no network to update from. */
export function hasUpdateServer(machine: Machine): boolean {
  return offers.has(machine);
}

/** What the server has for a release. */
export function findUpdate(machine: Machine, release: string): Update | undefined {
  return offers.get(machine)?.get(release);
}

/** The tree that is like a release's, of those that the embedded host knows. */
export function treeLike(release: string): Release {
  return Number.parseInt(release, 10) < 14 ? "13.2-RELEASE" : "15.1-RELEASE-p1";
}

/** The patch level that a release's own sets are at: media made later carry the patches until then. */
function levelOfSets(machine: Machine, release: string): number {
  const [name, level] = machine.release.split("-p");
  return name === release ? Number(level ?? 0) : 0;
}

/** Every file that differs between the release's sets and its newest patch level. */
export function updatedFiles(machine: Machine, release: string, update: Update): UpdatedFile[] {
  const level = levelOfSets(machine, release);
  const levels = Array.from({ length: update.level + 1 }, (_, index) => index);
  const originals = new Map(baseFiles(treeLike(release)).map((file) => [file.path, file]));
  const describe = (path: string) => {
    const { mode, flags = [] } = originals.get(path) ?? {};
    return { path, mode: mode ?? (isProgram(path) ? 0o555 : 0o644), flags };
  };
  const original = (path: string) =>
    originals.get(path)?.text ??
    (isProgram(path) ? `\x7fELF ${path.slice(path.lastIndexOf("/") + 1)}\n` : undefined);
  const version = levels.map((at) => freebsdVersionText(at === 0 ? release : `${release}-p${at}`));
  const touched = TOUCHED.map((path) => {
    const texts = levels.map((at) => `${original(path)}${at > level ? `# p${at}\n` : ""}`);
    return { ...describe(path), before: texts.slice(0, -1), now: texts.at(-1) };
  });
  const further = Object.entries(update.files ?? {}).map(([path, text]) => {
    const before = original(path);
    return {
      ...describe(path),
      before: before === undefined ? [] : [before],
      now: text ?? undefined,
    };
  });
  const own = { ...describe("bin/freebsd-version"), before: version, now: version.at(-1) };
  return [own, ...touched, ...further];
}

function isProgram(path: string): boolean {
  return /^(usr\/)?s?bin\/[^/]+$/.test(path);
}
