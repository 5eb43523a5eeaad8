/** cd, pwd, umask. */
import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { toBytes, toText } from "../bytes.js";
import type { Shell } from "../shell.js";

export function cd(sh: Shell, argv: readonly string[]): number {
  let physical = sh.has("physical");
  let at = 1;
  for (; /^-[LPe]+$/.test(argv[at] ?? ""); at += 1) physical = argv[at]?.includes("P") ?? false;
  if (argv[at] === "--") at += 1;
  if (argv.length > at + 1) throw sh.fault("too many arguments");
  let target = argv[at] ?? sh.variables.get("HOME");
  if (target === undefined) throw sh.fault("HOME not set");
  const back = target === "-";
  if (back) {
    target = sh.variables.get("OLDPWD");
    if (target === undefined) throw sh.fault("OLDPWD not set");
  }
  if (target === "") target = ".";
  const found = searchDirectories(sh, target).some((path) => enter(sh, path, physical));
  if (!found) throw sh.fault(`${target}: ${whyNot(sh, target)}`);
  if (back || (sh.directory !== target && usesSearchPath(sh, target)))
    sh.write(`${sh.directory}\n`);
  return 0;
}

function usesSearchPath(sh: Shell, target: string): boolean {
  return sh.variables.get("CDPATH") !== undefined && !/^\.{0,2}\/|^\.{1,2}$/.test(target);
}

function searchDirectories(sh: Shell, target: string): string[] {
  if (!usesSearchPath(sh, target)) return [target];
  const directories = (sh.variables.get("CDPATH") ?? "").split(":");
  return directories.map((directory) => (directory === "" ? target : `${directory}/${target}`));
}

/** Goes there, when it is a directory that may be entered. */
function enter(sh: Shell, target: string, physical: boolean): boolean {
  const { process } = sh;
  const { files } = process.machine;
  const path = toText(target);
  try {
    const logical = normalize(path.startsWith("/") ? path : `${process.cwd}/${path}`);
    const real = files.realpath(process, path);
    if (files.stat(process, path).type !== "directory") return false;
    // Looking at what lies in it needs the same permission as going there.
    files.exists(process, `${path}/.`);
    const before = sh.directory;
    process.cwd = physical ? real : logical;
    sh.assign("OLDPWD", before);
    sh.assign("PWD", sh.directory);
    return true;
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

function whyNot(sh: Shell, target: string): string {
  try {
    const { type } = sh.process.machine.files.stat(sh.process, toText(target));
    return strerror(type === "directory" ? "EACCES" : "ENOTDIR");
  } catch (error) {
    if (error instanceof FsError) return strerror(error.code);
    throw error;
  }
}

/** Takes "." and ".." out of a path by its text alone, as `cd -L` does. */
function normalize(path: string): string {
  const names: string[] = [];
  for (const name of path.split("/")) {
    if (name === "..") names.pop();
    else if (name !== "" && name !== ".") names.push(name);
  }
  return `/${names.join("/")}`;
}

export function pwd(sh: Shell, argv: readonly string[]): number {
  const physical = argv.slice(1).includes("-P");
  const bad = argv.slice(1).find((arg) => !/^-[LP]+$/.test(arg));
  if (bad?.startsWith("-")) throw sh.fault(`Illegal option ${bad}`);
  const path = physical
    ? toBytes(sh.process.machine.files.realpath(sh.process, "."))
    : sh.directory;
  sh.write(`${path}\n`);
  return 0;
}

export function umask(sh: Shell, argv: readonly string[]): number {
  const { process } = sh;
  const [first, second] = argv.slice(1);
  const mask = first === "-S" ? second : first;
  if (mask === undefined) {
    sh.write(first === "-S" ? `${symbolic(process.umask)}\n` : `${octal(process.umask)}\n`);
    return 0;
  }
  if (!/^[0-7]+$/.test(mask)) throw sh.fault(`Illegal number: ${mask}`);
  process.umask = Number.parseInt(mask, 8) & 0o777;
  return 0;
}

function octal(mask: number): string {
  return mask.toString(8).padStart(4, "0");
}

function symbolic(mask: number): string {
  const rights = (shift: number) =>
    ["r", "w", "x"].filter((_right, index) => ((mask >> shift) & (4 >> index)) === 0).join("");
  return `u=${rights(6)},g=${rights(3)},o=${rights(0)}`;
}
