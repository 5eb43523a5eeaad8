/** A jail's files as one archive, which stays on the host when the jail is deleted. */
import { act, type Command, look, shellFunction } from "./command.js";
import { isRunning } from "./inside.js";

/** An archive and what is put into it. */
export interface Archive {
  readonly file: string;
  /** The directory whose names are packed. */
  readonly from: string;
  /** Names in it: the first is what the archive is for, the others come along where they are there. */
  readonly names: readonly string[];
  /** Whether one that is whole is kept: what has the jail's name may be what is left of it. */
  readonly keep: boolean;
}

/**
 * Packs everything below the names: owners by number, modes, flags, hard links and holes, on their own file systems
 * only, and no sockets, which end with their process. find(1) and bsdtar(1) follow no link. The file gets its name when
 * it is on the disk, after that with its digest. What is not there any more was removed after it had been archived.
 */
export const makeArchive = ({ file, from, names, keep }: Archive): Command =>
  act(["make_archive", file, keep ? "keep" : "", from, ...names], {
    shellFunction: makeArchiveFunction,
    deadline: 12 * 3600,
    title: `archive to ${file}`,
  });

// Nothing is written through a link that somebody put into the directory.
const makeArchiveFunction = shellFunction(
  "make_archive",
  `set -o pipefail
  umask 077
  f=$1 k=$2
  cd -P -- "$3" || return
  [ -e "$4" ] || return 0
  [ -z "$k" ] || [ ! -e "$f" ] || return 0
  shift 3
  mkdir -p -m 0700 "\${f%/*}" && rm -f "$f" "$f.sha256" "$f.partial" "$f.sha256.partial" && set -C || return
  for p; do [ ! -e "$p" ] || find -x "$p" ! -type s -print0 || exit 1; done | tar -cJf - --numeric-owner -n --null -T - >"$f.partial" &&
    d=$(sha256 -q "$f.partial") && echo "SHA256 (\${f##*/}) = $d" >"$f.sha256.partial" &&
    fsync "$f.partial" "$f.sha256.partial" && mv -fh "$f.sha256.partial" "$f.sha256" && mv -fh "$f.partial" "$f" &&
    fsync "\${f%/*}"`,
);

/** What is done when a deletion fails. */
export interface Abandoned {
  readonly file: string;
  /** The link that names the file. */
  readonly link: string;
  /** The jail's configuration, where it is to run again. */
  readonly conf: string | undefined;
  readonly name: string;
}

/** Takes back a deletion whose archive did not become whole; after that there is nothing to take back. */
export const abandonArchive = ({ file, link, conf, name }: Abandoned): Command =>
  act(["abandon_archive", file, link, name, conf ?? ""], {
    shellFunction: abandonArchiveFunction,
    detached: true,
    deadline: 600,
    title: `start jail ${name} again`,
  });

const abandonArchiveFunction = shellFunction(
  "abandon_archive",
  `rm -f "$1.partial" "$1.sha256.partial"
  [ ! -e "$1" ] || return 0
  rm -f "$1.sha256" "$2"
  [ -z "$4" ] || is_running "$3" || jail -f "$4" -c "$3"`,
  [isRunning],
);

/** Archives in a directory whose names begin as those of a jail do. */
export const listArchives = (directory: string, name: string): Command =>
  look(["find", directory, "-maxdepth", "1", "-name", `${name}-*`], { unguarded: true });
