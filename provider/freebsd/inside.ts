/**
 * Files inside a jail's root. The inside is hostile: a link that it planted must never lead the host's root out.
 * While the jail runs, everything goes through jexec(8); while it does not, a directory is entered step by step,
 * pinned by `cd -P`, and compared with `pwd -P` before anything in it is read or written (transcript 02). What runs a
 * jail's code is detached: a process that it leaves behind must not hold a channel to us.
 */
import { createHash } from "node:crypto";
import {
  act,
  type Command,
  type CommandResult,
  look,
  type ShellFunction,
  shellFunction,
} from "./command.js";
import { toMap } from "./lines.js";

export interface InsideFile {
  readonly path: string;
  /** Octal, four digits. */
  readonly mode: string;
  /** "uid:gid" */
  readonly owner: string;
}

export interface FileState {
  readonly digest: string;
  readonly mode: string;
  readonly owner: string;
}

/** A jail's files, as the host and as the jail see them. Paths of files are below both. */
export interface Inside {
  readonly jail: string;
  /** Directory on the host, while the jail does not run. */
  readonly root: string;
  /** The same directory in the running jail; "" is its root. */
  readonly prefix: string;
  /** The running jail has the tools of a Linux system (GNU's, or BusyBox's). */
  readonly linux?: boolean;
}

export const isRunning = shellFunction("is_running", `jls -j "$1" jid >/dev/null 2>&1`);

/** Enters ROOT/DIR without following a link below ROOT; makes missing directories when MAKE is "make". */
export const enter = shellFunction(
  "enter",
  `cd -P -- "$1" || return; r=$(pwd -P) w=$2 k=$3
  while w=\${w#/}; [ -n "$w" ]; do
    c=\${w%%/*}; w=\${w#"$c"}; r=\${r%/}/$c
    if [ -L "$c" ]; then echo "$r is a symbolic link" >&2; return 65; fi
    [ -d "$c" ] || { [ "$k" = make ] && mkdir "$c"; } || return 66
    cd -P -- "$c" || return
    [ "$(pwd -P)" = "$r" ] || { echo "$r leads elsewhere" >&2; return 65; }
  done`,
);

/** More than any declared file has: on the host, no more is read of one that a jail made as large as its disk. */
const digestLimit = 4_100_000;

const stateBy = (digest: string): string =>
  `[ -f "$b" ] && [ ! -L "$b" ] && printf "%s %s\\n" "$(${digest})" "$(stat -f "%Mp %Lp %u:%g" "$b") $f"`;

/**
 * What the script prints for a file, inside and outside alike: digest, mode and owner, or nothing. stat(1) prints no
 * leading zeros: without the blank in the mode, 4044 and 0444 would look the same.
 */
const ownFileState = stateBy('sha256 -q "$b"');
export const fileState = stateBy(`head -c ${digestLimit} <"$b" | sha256 -q`);

/** The same by the tools of a Linux system; a number with a leading zero is an octal one. */
const linuxFileState = `[ -f "$b" ] && [ ! -L "$b" ] && d=$(sha256sum <"$b") && m=0$(stat -c %a "$b") && printf "%s %o %o %s %s\\n" "\${d%% *}" $((m >> 9)) $((m & 511)) "$(stat -c %u:%g "$b")" "$f"`;

/** State of files in a jail, one line each; what is absent, no plain file or behind a link is left out. */
export function readInside(inside: Inside, paths: readonly string[]): Command {
  const { jail, root, prefix, linux } = inside;
  const shell = linux === true ? readLinuxFunction : readInsideFunction;
  return look([shell.name, jail, root, prefix, ...paths], { shellFunction: shell, detached: true });
}

/** A jail may hang or flood: it gets so many seconds, and so many bytes are looked at. */
const limited = "timeout -k 5 30 jexec";
const readLimit = 1_000_000;

const readFunction = (name: string, state: string): ShellFunction =>
  shellFunction(
    name,
    `j=$1 R=$2 P=$3; shift 3
  if is_running "$j"; then
    (set -o pipefail
    ${limited} "$j" /bin/sh -c 'P=$1; shift; for f; do b=$P$f; ${state}; done; :' sh "$P" "$@" </dev/null | head -c ${readLimit})
  else
    for f; do (enter "$R" "\${f%/*}" keep 2>/dev/null && b=./\${f##*/} && ${fileState}); done; :
  fi
  echo "end $?"`,
    [isRunning, enter],
  );

const readInsideFunction = readFunction("read_inside", ownFileState);
const readLinuxFunction = readFunction("read_linux_inside", linuxFileState);

/** Throws when the jail did not come to an end: what it said until then says nothing. */
export function parseInside(result: CommandResult): Map<string, FileState> {
  const lines = result.stdout.split("\n");
  if (lines.at(-1) !== "" || lines.at(-2) !== "end 0") {
    throw new Error(
      "a jail did not tell of its files: its /bin/sh, sha256 or stat hangs, floods or fails, or the host's " +
        `disk is full (${(lines.at(-2) ?? "").slice(0, 40)}). Stop the jail, or repair it from the host.`,
    );
  }
  return toMap("a jail's sha256 and stat", lines.slice(0, -2), parseFileLine);
}

function parseFileLine(line: string): [string, FileState] | undefined {
  const match = /^([0-9a-f]{64}) ([0-7]) ([0-7]{1,3}) (\d+:\d+) (\/.*)$/.exec(line);
  if (match === null) return undefined;
  const [, digest, special, bits, owner, path] = match as unknown as [string, ...string[]];
  return [path!, { digest: digest!, mode: special! + bits!.padStart(3, "0"), owner: owner! }];
}

/** The digest that a file with this content has. */
export const digestOf = (content: string | Uint8Array): string =>
  createHash("sha256").update(content).digest("hex");

/** Writes a file in a jail, atomically, with missing directories. */
export function putInside(inside: Inside, file: InsideFile, content: string | Uint8Array): Command {
  const { jail, root, prefix, linux } = inside;
  const { path, mode, owner } = file;
  const shell = linux === true ? putLinuxFunction : putInsideFunction;
  const slash = path.lastIndexOf("/");
  const [directory, name] = [path.slice(0, slash), path.slice(slash + 1)];
  return act([shell.name, jail, root, prefix, directory, name, mode, owner], {
    shellFunction: shell,
    detached: true,
    input: content,
    title: `write ${path} in jail ${jail}`,
  });
}

// The temporary file is made by noclobber (O_EXCL), so that nothing planted under its name is written through.
const placeBy = (move: string): string =>
  `umask 077; t=./.$b.new; rm -f "$t"; set -C; cat >"$t" && chown "$o" "$t" && chmod "$m" "$t" && ${move} "$t" "./$b" || { rm -f "$t"; exit 1; }`;
const placeFile = placeBy("mv -fh");

const putFunction = (name: string, place: string): ShellFunction =>
  shellFunction(
    name,
    `if is_running "$1"; then
    (set -o pipefail; ${limited} "$1" /bin/sh -c 'mkdir -p "/$1" && cd "/$1" || exit; b=$2 m=$3 o=$4; ${place}' sh "$3$4" "$5" "$6" "$7" 2>&1 | head -c 4096 >&2)
  else
    (enter "$2" "$4" make || exit; b=$5 m=$6 o=$7; ${placeFile})
  fi`,
    [isRunning, enter],
  );

const putInsideFunction = putFunction("put_inside", placeFile);
// Neither mv follows a link to a directory then; BusyBox knows -T, too.
const putLinuxFunction = putFunction("put_linux_inside", placeBy("mv -fT"));

/** Writes the host's resolv.conf as a file in a jail, if the host has one. */
export function copyHostResolver(inside: Inside, path: string): Command {
  const { jail, root, prefix, linux } = inside;
  const shell = linux === true ? copyLinuxResolverFunction : copyResolverInsideFunction;
  const slash = path.lastIndexOf("/");
  const [directory, name] = [path.slice(0, slash), path.slice(slash + 1)];
  return act([shell.name, jail, root, prefix, directory, name, "0644", "0:0"], {
    shellFunction: shell,
    detached: true,
    title: `copy the host's resolv.conf into jail ${jail}`,
  });
}

const copyFunction = (name: string, put: ShellFunction): ShellFunction =>
  shellFunction(name, `[ ! -f /etc/resolv.conf ] || ${put.name} "$@" </etc/resolv.conf`, [put]);

const copyResolverInsideFunction = copyFunction("copy_resolver_inside", putInsideFunction);
const copyLinuxResolverFunction = copyFunction("copy_linux_resolver", putLinuxFunction);

/** Removes a file in a jail. */
export function removeInside({ jail, root, prefix }: Inside, path: string): Command {
  const slash = path.lastIndexOf("/");
  const [directory, name] = [path.slice(0, slash), path.slice(slash + 1)];
  return act(["remove_inside", jail, root, prefix, directory, name], {
    shellFunction: removeInsideFunction,
    detached: true,
    title: `remove ${path} in jail ${jail}`,
  });
}

const removeInsideFunction = shellFunction(
  "remove_inside",
  `if is_running "$1"; then
    ${limited} "$1" /bin/rm -f "$3$4/$5" </dev/null >/dev/null
  else
    (enter "$2" "$4" keep 2>/dev/null || exit 0; rm -f "./$5")
  fi`,
  [isRunning, enter],
);

/** Makes the mount points of a jail that does not run. */
export const makeInside = (root: string, directories: readonly string[]): Command =>
  act(["make_inside", root, ...directories], { shellFunction: makeInsideFunction });

const makeInsideFunction = shellFunction(
  "make_inside",
  `R=$1; shift; for d; do (enter "$R" "$d" make) || return; done`,
  [enter],
);

/** Copies the host's resolv.conf into a tree that no jail ever ran in. */
export const copyResolver = (root: string): Command =>
  act(["copy_resolver", root], { shellFunction: copyResolverFunction });

export const copyResolverFunction = shellFunction(
  "copy_resolver",
  `[ ! -f /etc/resolv.conf ] || {
    # A Linux system may have a link there, which cp would follow, out of the tree.
    [ ! -L "$1/etc/resolv.conf" ] || rm -f "$1/etc/resolv.conf"
    cp /etc/resolv.conf "$1/etc/resolv.conf"
  }`,
);
