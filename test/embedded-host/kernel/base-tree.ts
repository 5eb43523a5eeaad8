import type { FileSystem, Release, Where } from "../contract.js";
import { baseIds } from "./base/accounts.js";
import { type BaseFile, baseFiles, baseLinks } from "./base/etc-files.js";
import { type BaseDirectory, baseDirectories } from "./base/skeleton.js";

export interface BaseTreeOptions {
  release: Release;
  /** Version that the tree states of itself. Default: the release. */
  userland?: string;
  /** Directory of every program that this host knows, by its name: `{ cat: "/bin" }`. */
  programs: Record<string, string>;
}

/** Programs that are only there to be listed, copied and protected; nothing runs them. */
const inertPrograms: Record<string, string> = {
  chio: "/bin",
  csh: "/bin",
  tcsh: "/bin",
  init: "/sbin",
  chfn: "/usr/bin",
  chpass: "/usr/bin",
  crontab: "/usr/bin",
  login: "/usr/bin",
  passwd: "/usr/bin",
  su: "/usr/bin",
  nologin: "/usr/sbin",
};

const inert13: Record<string, string> = { opieinfo: "/usr/bin", opiepasswd: "/usr/bin" };

/** Programs that newer releases keep elsewhere. */
const moved15: Record<string, string> = { cpuset: "/bin" };

/** The variants of digest tools with GNU's names came after 13. */
const newer = /^((md5|sha\d+)sum|gunion)$/;

const setUid = new Set(["chpass", "crontab", "login", "passwd", "su", "opieinfo", "opiepasswd"]);

/** Enough that an archive cut after 100 kB ends inside a file, as session 03 does. */
const shellSize = 131072;

/**
 * Fills a directory with the base system of a release: the host's own root, or the tree that the
 * archive base.txz is made of. Programs are stubs that name the tool they are. `select` says of each path
 * whether it is a part of what is wanted.
 */
export function populateBaseTree(
  files: FileSystem,
  root: string,
  options: BaseTreeOptions,
  select: (path: string) => boolean = () => true,
): void {
  const where: Where = { root, cwd: "/", umask: 0 };
  const directories = baseDirectories(options.release).filter(({ path }) => select(`${path}/`));
  const stubs = [...programStubs(options)].filter(([path]) => select(path));
  const plain = baseFiles(options.release, options.userland).filter(({ path }) => select(path));
  const links = Object.entries(baseLinks).filter(([path]) => select(path));
  const ids = baseIds();
  for (const directory of directories) makeDirectory(files, where, directory, ids);
  for (const [path, content] of stubs) writeProgram(files, where, path, content);
  for (const file of plain) writeFile(files, where, file);
  for (const [path, target] of links) makeLink(files, where, path, target);
  // Flags come last: a directory with schg takes no files any more.
  for (const { path, flags } of directories) {
    if (flags) files.chflags(where, `/${path}`, new Set(flags));
  }
}

function makeDirectory(
  files: FileSystem,
  where: Where,
  directory: BaseDirectory,
  ids: ReturnType<typeof baseIds>,
): void {
  const path = `/${directory.path}`;
  if (!files.exists(where, path)) files.mkdir(where, path, directory.mode ?? 0o755);
  files.chmod(where, path, directory.mode ?? 0o755);
  const uid = ids.users.get(directory.owner ?? "root") ?? 0;
  const gid = ids.groups.get(directory.group ?? "wheel") ?? 0;
  files.chown(where, path, uid, gid);
}

function programStubs({ release, programs }: BaseTreeOptions): Map<string, string> {
  const old = release === "13.2-RELEASE";
  const inert = old ? { ...inertPrograms, ...inert13 } : inertPrograms;
  const all = { ...inert, ...programs, ...(old ? {} : moved15) };
  const stubs = new Map<string, string>();
  for (const [name, directory] of Object.entries(all)) {
    // The program of that name is a script, which tells what userland it belongs to.
    if (name === "freebsd-version" || (old && newer.test(name))) continue;
    const stub = `\x7fELF ${name}\n`;
    stubs.set(`${directory}/${name}`, name === "csh" ? stub.padEnd(shellSize, "\0") : stub);
  }
  return stubs;
}

function writeProgram(files: FileSystem, where: Where, path: string, content: string): void {
  const name = path.slice(path.lastIndexOf("/") + 1);
  ensureParents(files, where, path);
  files.write(where, path, content, { mode: 0o555 });
  files.chmod(where, path, setUid.has(name) ? 0o4555 : 0o555);
  files.chown(where, path, 0, 0);
  if (setUid.has(name) || name === "init") files.chflags(where, path, new Set(["schg"]));
}

function writeFile(files: FileSystem, where: Where, file: BaseFile): void {
  const path = `/${file.path}`;
  files.write(where, path, file.text, { mode: file.mode ?? 0o644 });
  files.chmod(where, path, file.mode ?? 0o644);
  files.chown(where, path, 0, 0);
  if (file.link) files.link(where, path, `/${file.link}`);
  if (file.flags) files.chflags(where, path, new Set(file.flags));
}

function makeLink(files: FileSystem, where: Where, path: string, target: string): void {
  files.symlink({ ...where, umask: 0o022 }, target, `/${path}`);
}

function ensureParents(files: FileSystem, where: Where, path: string): void {
  const names = path.split("/").slice(1, -1);
  names.forEach((_, index) => {
    const parent = `/${names.slice(0, index + 1).join("/")}`;
    if (!files.exists(where, parent)) files.mkdir(where, parent, 0o755);
  });
}
