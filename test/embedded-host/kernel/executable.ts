/** How a program is found: the search in PATH, and what the content of a file says about it. */
import { type FileSystem, FsError, type Program, type Where } from "../contract.js";
import type { MemoryFileSystem } from "./files.js";
import { loadLinux, systemOf } from "./linux/elf.js";

export interface Executable {
  readonly program: Program;
  /** As the program gets it: for a script, the interpreter comes first. */
  readonly argv: readonly string[];
  /** The name of what runs, as ps shows it. */
  readonly command: string;
}

/** What the kernel runs: the tools behind ELF files, and what its modules add. */
export interface KernelFacts {
  readonly programs: ReadonlyMap<string, Program>;
  readonly modules: ReadonlySet<string>;
}

export const DEFAULT_PATH = "/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin";
const ELF = "\x7fELF ";
const MAX_INTERPRETERS = 4;

/**
 * The file that a name means: a path when it holds a slash, else the first executable in PATH. Throws `FsError`
 * EACCES when there only is one that may not be run, ENOENT when there is none.
 */
export function findExecutable(files: FileSystem, where: Where, name: string, path: string) {
  if (name.includes("/")) {
    checkExecutable(files, where, name);
    return name;
  }
  let refused: FsError | undefined;
  for (const directory of path.split(":")) {
    const candidate = `${directory === "" ? "." : directory}/${name}`;
    try {
      if (isExecutable(files, where, candidate)) return candidate;
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      if (error.code === "EACCES") refused = error;
    }
  }
  throw refused ?? new FsError("ENOENT", name);
}

/** Throws unless the path is a regular file that may be run. */
function checkExecutable(files: FileSystem, where: Where, path: string): void {
  if (!isExecutable(files, where, path)) throw new FsError("ENOENT", path);
}

/** False when there is no such file; throws unless it is a regular one that may be run. */
function isExecutable(files: FileSystem, where: Where, path: string): boolean {
  const stat = (files as MemoryFileSystem).access(where, path);
  if (stat === undefined) return false;
  if (stat.type !== "file") throw new FsError("EACCES", path);
  const who = where.credentials;
  if (who === undefined || who.uid === 0) {
    if ((stat.mode & 0o111) === 0) throw new FsError("EACCES", path);
    return true;
  }
  const shift =
    stat.uid === who.uid ? 6 : who.gid === stat.gid || who.groups.includes(stat.gid) ? 3 : 0;
  if (((stat.mode >> shift) & 1) === 0) throw new FsError("EACCES", path);
  return true;
}

/**
 * What runs when a file is executed: a tool of the base system behind an ELF stub, the interpreter that a script
 * names, or /bin/sh for a text that names none (as execvp(3) and sh do).
 */
export function loadExecutable(
  files: FileSystem,
  where: Where,
  { programs, modules }: KernelFacts,
  path: string,
  argv: readonly string[],
  depth = 0,
): Executable {
  checkExecutable(files, where, path);
  // The kernel reads what it runs, whether or not the user may read it.
  const reader = { root: where.root, cwd: where.cwd };
  const content = files.read(reader, path).subarray(0, 256);
  const head = content.toString("latin1").split("\n", 1)[0] ?? "";
  if (systemOf(content) !== undefined) {
    const program = programs.get(loadLinux(files, where, modules, path, content));
    if (program === undefined) throw new FsError("ENOEXEC", path);
    return { program, argv, command: path.slice(path.lastIndexOf("/") + 1) };
  }
  if (head.startsWith(ELF)) {
    const program = programs.get(head.slice(ELF.length).trim());
    if (program === undefined) throw new FsError("ENOEXEC", path);
    return { program, argv, command: path.slice(path.lastIndexOf("/") + 1) };
  }
  if (depth >= MAX_INTERPRETERS) throw new FsError("ENOEXEC", path);
  const [interpreter, ...given] = interpreterOf(head);
  return loadExecutable(
    files,
    where,
    { programs, modules },
    interpreter,
    [interpreter, ...given, path, ...argv.slice(1)],
    depth + 1,
  );
}

/** The interpreter of a script and its one argument. */
function interpreterOf(head: string): [string, ...string[]] {
  const match = /^#!\s*(\S+)(?:\s+(.*\S))?\s*$/.exec(head);
  if (match === null) return ["/bin/sh"];
  return match[2] === undefined ? [match[1] as string] : [match[1] as string, match[2]];
}
