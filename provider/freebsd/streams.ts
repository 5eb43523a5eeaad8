/** Data on its way to another host: archives of trees, and ending what a lost connection left of them. */
import { act, type Command, look, shellFunction } from "./command.js";
import { renameFunction } from "./files.js";

/** Name of the lock of the streams of a jail; its file holds the process group. */
export const streamLock = (jail: string): string => `stream.${jail}`;

/**
 * Ends a stream of this jail that a lost connection left: whoever vanished without a word leaves a command behind that
 * waits for data, with files open in a tree that is to be removed.
 */
export const endStream = (jail: string): Command =>
  act(["end_stream", `/var/run/pulumi-freebsd/${streamLock(jail)}`], {
    shellFunction: endStreamFunction,
    title: `end what was left of a copy of jail ${jail}`,
  });

// The group is that of a living process: the lock is held by lockf(1), which is of that group.
const endStreamFunction = shellFunction(
  "end_stream",
  `[ -e "$1" ] || return 0
  lockf -k -t 0 "$1" true 2>/dev/null && return 0
  read -r g <"$1"
  case $g in ''|0|1|*[!0-9]*) ;; *) kill -s KILL -- "-$g" 2>/dev/null;; esac
  lockf -k -t 30 "$1" true && : >"$1"`,
);

/**
 * Writes a tree as an archive: owners by number, modes, flags, hard links and holes, on this file system only. Sockets
 * are gone with the process that made them, and no archive holds them.
 */
export const packTree = (path: string): Command =>
  look(["pack_all", path], { shellFunction: packAll, title: `read ${path}` });

const packAll = shellFunction(
  "pack_all",
  `set -o pipefail
  cd -P -- "$1" && find -x . ! -type s -print0 | tar -cf - --numeric-owner -n --null -T -`,
);

/** Writes one file as an archive, with its holes; it arrives under its own name. */
export const packFile = (path: string): Command => {
  const at = path.lastIndexOf("/");
  const words = ["--numeric-owner", "-C", path.slice(0, at) || "/", path.slice(at + 1)];
  return look(["tar", "-cf", "-", ...words], { title: `read ${path}` });
};

/** Extracts an archive into an empty tree, neither through a link nor outside. */
export const unpackTree = (path: string): Command =>
  act(["tar", "-xpf", "-", "--numeric-owner", "-C", path], { title: `write ${path}` });

const keys = "type,mode,uid,gid,nlink,size,time,link,flags,sha256";

/**
 * One digest of all that a tree holds: names, types, modes, owners, links, flags and contents. Left out is what a copy
 * does not keep: sizes, times and links of directories, fractions of seconds, and the flag that ZFS sets itself.
 */
const normalize = [
  "/ type=socket( |$)/d",
  "/ type=dir( |$)/s/ (size|time|nlink)=[^ ]*//g",
  "s/( time=[0-9]+)\\.[0-9]+/\\1/",
  "s/=uarch,/=/;s/,uarch//;s/=uarch/=none/",
].join(";");

/** Prints a digest that is equal for equal trees. */
export const digestTree = (path: string): Command =>
  look(["digest_tree", path], {
    shellFunction: digestTreeFunction,
    deadline: 6 * 3600,
    title: `compare ${path}`,
  });

const digestTreeFunction = shellFunction(
  "digest_tree",
  `set -o pipefail
  mtree -c -x -n -k ${keys} -p "$1" | mtree -C -k ${keys} | sed -E '${normalize}' | sort | sha256 -q`,
);

/** A digest that is equal for equal files. */
export const digestFile = (path: string): Command =>
  look(["sha256", "-q", path], { deadline: 6 * 3600, title: `compare ${path}` });

/** What `digestTree` or `digestFile` printed. */
export const parseDigest = (text: string): string | undefined => /^[0-9a-f]{64}\n$/.exec(text)?.[0];

/** Keeps a file under another name, where it is there still. */
export const keepFile = (from: string, to: string): Command =>
  act(["keep_file", from, to], { shellFunction: keepFileFunction });

const keepFileFunction = shellFunction("keep_file", `[ ! -e "$1" ] || rename "$1" "$2"`, [
  renameFunction,
]);

/** Kibibytes that a tree or file takes, on its file system. */
export const treeSize = (path: string): Command =>
  look(["du", "-skx", path], { unguarded: true, deadline: 1800 });

/** Bytes, or undefined when du(1) could not tell. */
export function parseTreeSize({ stdout }: { readonly stdout: string }): number | undefined {
  const kibibytes = /^(\d+)\t/.exec(stdout)?.[1];
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

/** What is free where a path lies. */
export const freeSpace = (path: string): Command => look(["df", "-k", path], { unguarded: true });

/** Bytes that may be written, or undefined when df(1) could not tell. It shows less than nothing on a full UFS. */
export function parseFreeSpace({ stdout }: { readonly stdout: string }): number | undefined {
  const available = / +\d+ +-?\d+ +(-?\d+) +-?\d+% /.exec(stdout)?.[1];
  return available === undefined ? undefined : Math.max(0, Number(available)) * 1024;
}

/** "1.5 MiB", for messages. */
export const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
