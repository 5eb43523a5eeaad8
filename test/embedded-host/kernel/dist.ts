import { createHash } from "node:crypto";
import type { FileSystem } from "../contract.js";
import { type ArchiveEntry, encodeArchive } from "./archive.js";
import { baseIds } from "./base/accounts.js";
import { type BaseTreeOptions, populateBaseTree } from "./base-tree.js";
import { createFileSystem } from "./files.js";
import type { Walked } from "./walk.js";

/** When the files of every release were made: archives are the same in every run. */
const built = Date.UTC(2026, 10, 21, 5, 33);

/** The sets beside base.txz: name, description, whether bsdinstall takes it by default, one file. */
const sets: [string, string, "on" | "off", string][] = [
  ["lib32", "32-bit compatibility libraries", "on", "usr/lib32/libc.so.7"],
  ["src", "System source tree", "off", "usr/src/Makefile"],
  ["ports", "Ports tree", "off", "usr/ports/Makefile"],
];

const made = new Map<string, Promise<Record<string, Buffer>>>();

/**
 * What a release's directory on a mirror holds: `base.txz`, small other sets and `MANIFEST`.
 * The archives are made once a release and set of programs, however many hosts are started.
 */
export function createDist(options: BaseTreeOptions): Promise<Record<string, Buffer>> {
  const key = JSON.stringify(options);
  const known = made.get(key) ?? makeDist(options);
  made.set(key, known);
  return known;
}

async function makeDist(options: BaseTreeOptions): Promise<Record<string, Buffer>> {
  const base = baseEntries(options);
  const archives: [string, string, string, ArchiveEntry[]][] = [
    ["base", "Base system (MANDATORY)", "on", base],
    ...sets.map(
      ([name, text, use, path]) =>
        [name, text, use, oneFile(path)] as [string, string, string, ArchiveEntry[]],
    ),
  ];
  const files: Record<string, Buffer> = {};
  const lines: string[] = [];
  for (const [name, text, use, entries] of archives) {
    const bytes = await encodeArchive(entries);
    const digest = createHash("sha256").update(bytes).digest("hex");
    files[`${name}.txz`] = bytes;
    lines.push(`${name}.txz\t${digest}\t${entries.length}\t${name}\t"${text}"\t${use}\n`);
  }
  return { ...files, MANIFEST: Buffer.from(lines.join("")) };
}

/** The members of base.txz, in the order of their names. */
function baseEntries(options: BaseTreeOptions): ArchiveEntry[] {
  const files = createFileSystem({ now: () => built });
  populateBaseTree(files, "/", options);
  const volume = files.mountOf({ root: "/", cwd: "/" }, "/").volume;
  const names = nameTables();
  const firstNames = new Map<number, string>();
  const entries = [directoryEntry("./")];
  for (const walked of files.walkVolume(volume)) {
    const name = `.${walked.path}${walked.stat.type === "directory" ? "/" : ""}`;
    const first = firstNames.get(walked.stat.ino);
    if (walked.stat.type === "file") firstNames.set(walked.stat.ino, first ?? name);
    entries.push(entryOf(walked, name, first, names));
  }
  return entries;
}

function entryOf(
  { stat, data }: Walked,
  name: string,
  first: string | undefined,
  names: NameTables,
): ArchiveEntry {
  return {
    name,
    type: first ? "link" : (stat.type as ArchiveEntry["type"]),
    mode: stat.mode,
    uid: stat.uid,
    gid: stat.gid,
    uname: names.users.get(stat.uid) ?? "",
    gname: names.groups.get(stat.gid) ?? "",
    mtime: built,
    size: first ? 0 : (data?.length ?? 0),
    linkname: first ?? stat.target ?? "",
    flags: [...stat.flags],
    data: first || !data ? Buffer.alloc(0) : data,
  };
}

interface NameTables {
  users: Map<number, string>;
  groups: Map<number, string>;
}

function nameTables(): NameTables {
  const swap = (map: Map<string, number>) => new Map([...map].map(([name, id]) => [id, name]));
  const { users, groups } = baseIds();
  return { users: swap(users), groups: swap(groups) };
}

function directoryEntry(name: string): ArchiveEntry {
  const ids = { uid: 0, gid: 0, uname: "root", gname: "wheel" };
  const rest = { mtime: built, size: 0, linkname: "", flags: [], data: Buffer.alloc(0) };
  return { name, type: "directory", mode: 0o755, ...ids, ...rest };
}

function oneFile(path: string): ArchiveEntry[] {
  const data = Buffer.from(`${path}\n`);
  const parents = path.split("/").slice(0, -1);
  const directories = parents.map((_, index) =>
    directoryEntry(`./${parents.slice(0, index + 1).join("/")}/`),
  );
  const file = { ...directoryEntry(`./${path}`), type: "file" as const, mode: 0o444 };
  return [directoryEntry("./"), ...directories, { ...file, size: data.length, data }];
}

/** Where a host keeps the sets it was installed from. */
const directory = "/usr/freebsd-dist";

/** Puts the sets of a release into /usr/freebsd-dist, as bsdinstall leaves them on a host. */
export async function installDist(files: FileSystem, options: BaseTreeOptions): Promise<void> {
  const kernel = { root: "/", cwd: "/", umask: 0o022 };
  if (!files.exists(kernel, directory)) files.mkdir(kernel, directory);
  for (const [name, bytes] of Object.entries(await createDist(options))) {
    files.write(kernel, `${directory}/${name}`, bytes);
  }
}
