/** Files, directories and links: stat(1), mkdir(1), mv(1), ln(1), readlink(1), chflags(1), rm(1). */
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { joinLines, linesOfPresent, toMap } from "./lines.js";
import { once } from "./once.js";

/** Types of those of `paths` that exist; links are not followed. Wide: of everything in `directories`. */
export function statPaths(paths: readonly string[], directories: readonly string[] = []): Command {
  const format = "%HT %N";
  const narrow = look(["stat", "-f", format, ...paths]);
  if (directories.length === 0) return narrow;
  const wide = look([
    "find",
    ...directories,
    "-maxdepth",
    "1",
    "-exec",
    "stat",
    "-f",
    format,
    "{}",
    "+",
  ]);
  const wanted = new Set(paths);
  const pick = (result: CommandResult): CommandResult => {
    // A directory that lies in another one that is asked for comes twice.
    const all = new Set(result.stdout.split("\n"));
    const lines = [...all].filter((line) => wanted.has(parseStatLine(line)?.[0] ?? ""));
    const status = lines.length === paths.length ? 0 : 1;
    return { ...result, status, stdout: joinLines(lines) };
  };
  return { ...narrow, wide: { command: wide, pick } };
}

/** What stat(1) and find(1) say of a path that is not there, or not any more. */
const absent = /: (No such file or|Not a) directory$/;

/** Path to type ("Directory", "Regular File", "Symbolic Link" …) of what exists. */
export const parseStat = (result: CommandResult): Map<string, string> =>
  toMap("stat", linesOfPresent("stat", result, absent), parseStatLine);

/** The types are those of stat(1)'s %HT. */
function parseStatLine(line: string): [path: string, type: string] | undefined {
  const types = "Directory|Regular File|Symbolic Link|Socket|Fifo File|(?:Block|Character) Device";
  const match = new RegExp(`^(${types}) (/.*)$`).exec(line);
  return match === null ? undefined : [match[2]!, match[1]!];
}

/** Target of a symbolic link; nothing when it is absent. Wide: of all links in its directory. */
export function readLink(path: string): Command {
  const directory = path.slice(0, path.lastIndexOf("/"));
  const pick = (result: CommandResult): CommandResult => {
    const target = linksIn(result).get(path);
    if (target === undefined) return { status: 1, stdout: "", stderr: "" };
    return { status: 0, stdout: `${target}\n`, stderr: "" };
  };
  return look(["readlink", path], { wide: { command: listLinks(directory), pick } });
}

const linksIn = once((result): ReadonlyMap<string, string> => parseLinks(result));

/** All symbolic links in a directory and their targets. */
export function listLinks(directory: string): Command {
  return look([
    "find",
    directory,
    "-maxdepth",
    "1",
    "-type",
    "l",
    "-exec",
    "stat",
    "-f",
    "%N %Y",
    "{}",
    "+",
  ]);
}

/** Path to target. Neither has a blank in it: only we make links where they are listed. */
export const parseLinks = (result: CommandResult): Map<string, string> =>
  toMap("stat", linesOfPresent("stat", result, absent), (line) => {
    const match = /^(\/\S*) (\S+)$/.exec(line);
    return match === null ? undefined : [match[1]!, match[2]!];
  });

/** Content of a configuration file of the host. Wide: of all files in the directory that end alike. */
export function readConfig(path: string): Command {
  const slash = path.lastIndexOf("/");
  const suffix = path.slice(path.lastIndexOf("."));
  const wide = look(["show_files", path.slice(0, slash), suffix], { shellFunction: showFiles });
  const prefix = `${path}:`;
  const pick = (result: CommandResult): CommandResult => {
    const lines = result.stdout.split("\n").filter((line) => line.startsWith(prefix));
    return {
      status: lines.length > 0 ? 0 : 1,
      stdout: joinLines(lines.map((line) => line.slice(prefix.length))),
      stderr: "",
    };
  };
  return look(["cat", path], { wide: { command: wide, pick } });
}

const showFiles = shellFunction("show_files", `grep -aH '' "$1"/*"$2" 2>/dev/null; return 0`);

export const makeDirectory = (path: string): Command => act(["mkdir", "-p", path]);
/** For root only. One that is there keeps its mode. */
export const makePrivateDirectory = (path: string): Command =>
  act(["mkdir", "-p", "-m", "0700", path]);
/** A link that fails when its name is taken, also by a link to a directory (-h); never use it on a directory. */
export const makeLink = (target: string, path: string): Command => act(["ln", "-sh", target, path]);
export const replaceLink = (target: string, path: string): Command =>
  act(["ln", "-sfh", target, path]);
/** Renames a file or directory. Fails when the new name is taken: mv(1) would move it into a directory there. */
export const rename = (from: string, to: string): Command =>
  act(["rename", from, to], { shellFunction: renameFunction });
export const removeFile = (path: string): Command => act(["rm", "-f", path]);
/** Removes directories that are empty and leaves the others. */
export const removeEmpty = (paths: readonly string[]): Command =>
  act(["remove_empty", ...paths], { shellFunction: removeEmptyFunction });

/**
 * Renames a tree that is to be removed. Nothing may be mounted in it: mount(8) goes on showing the old path then, and
 * `removeTree` of the new one would not see it.
 */
export const setAside = (from: string, to: string): Command =>
  act(["set_aside", from, to], { shellFunction: setAsideFunction });

const refuseMounted = shellFunction(
  "refuse_mounted",
  `m=$(mount -p) || return
  case $m in
  *[[:blank:]]"$1"[[:blank:]]*|*[[:blank:]]"$1"/*) echo "something is mounted at or below $1: not removed" >&2; return 1;;
  esac`,
);

export const renameFunction = shellFunction(
  "rename",
  `if [ -e "$2" ] || [ -L "$2" ]; then echo "$2 exists" >&2; return 1; fi
  mv "$1" "$2"`,
);

const setAsideFunction = shellFunction("set_aside", `refuse_mounted "$1" && rename "$1" "$2"`, [
  refuseMounted,
  renameFunction,
]);

const removeEmptyFunction = shellFunction(
  "remove_empty",
  `for p in "$@"; do rmdir "$p" 2>/dev/null; done; return 0`,
);

/**
 * Removes a tree of ours: refuses while anything is mounted at or below it (rm would delete what a nullfs mount
 * shows), clears the flags that base sets (schg), and is done when it is not there.
 */
export const removeTree = (path: string): Command =>
  act(["remove_tree", path], {
    shellFunction: removeTreeFunction,
    deadline: 600,
    title: `remove ${path}`,
  });

export const removeTreeFunction = shellFunction(
  "remove_tree",
  `[ -e "$1" ] || [ -L "$1" ] || return 0
  if [ -L "$1" ]; then echo "$1 is a symbolic link: not removed" >&2; return 1; fi
  refuse_mounted "$1" && chflags -R 0 "$1" && rm -rfx "$1"`,
  [refuseMounted],
);

/**
 * Writes a file of the host atomically; its content travels as data, and a link in its place is replaced. The temporary
 * name is always the same: the next run replaces what a crash left; the lock keeps others away.
 */
export function putFile(path: string, content: string, mode = "0644"): Command {
  return act(["put_file", path, mode], {
    shellFunction: putFileFunction,
    input: content,
    title: `write ${path}`,
  });
}

export const putFileFunction = shellFunction(
  "put_file",
  `t=$1.new
  [ ! -d "$1" ] || [ -L "$1" ] || { echo "$1 is a directory" >&2; return 1; }
  rm -f "$t" && (set -C; cat >"$t") && chmod "$2" "$t" && mv -fh "$t" "$1" || { rm -f "$t"; return 1; }`,
);

/** Copies a tree with owners, modes, flags, links and hard links. */
export const copyTree = (from: string, to: string): Command =>
  act(["copy_tree", from, to], {
    shellFunction: copyTreeFunction,
    deadline: 3600,
    title: `copy ${from}`,
  });

export const copyTreeFunction = shellFunction(
  "copy_tree",
  `(set -o pipefail; tar -cf - -C "$1" . | tar -xpf - -C "$2")`,
);
