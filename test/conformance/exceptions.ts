/**
 * Forms that the provider sends and no transcript shows on both releases in a step that ended well, with the manual
 * page that says what they do. The coverage gate fails when a form is missing here, and when one is here in vain.
 */
import type { Form } from "./combinations.js";

export interface Exception {
  /** "rm(1)": of FreeBSD 13.2 and 15, or the port's. */
  readonly manual: string;
  /** What the form is needed for, or why nothing recorded will do. */
  readonly why: string;
  /** No transcript can show it: the recorded hosts do not have the program. */
  readonly unbacked?: true;
}

const builtin = (why: string): Exception => ({ manual: "sh(1)", why });
const primary = (why: string): Exception => ({ manual: "test(1)", why });

export const exceptions: Readonly<Record<Form, Exception>> = {
  ":": builtin("does nothing; ends a list with status 0"),
  break: builtin("ends a loop"),
  continue: builtin("goes on with the next round of a loop"),
  eval: builtin("takes a line that was written so that csh reads it as sh does"),
  exec: builtin("turns into a program; recorded on 15.1, and on 13.2 in a line that failed"),
  export: builtin("PATH and LC_ALL for the programs"),
  "kill -s": builtin("kill: ends the process group of a batch that passed its deadline"),
  "read -r": builtin("reads lines as they are"),
  return: builtin("ends a shell function with a status"),
  shift: builtin("goes through arguments"),
  "sh -s": { manual: "sh(1)", why: "reads its commands from standard input, as sh without words" },
  "[ !=": primary("strings that differ"),
  "[ -L": primary("a symbolic link, also one that leads nowhere"),
  "[ -e": primary("recorded only where nothing is there (status 1)"),
  "[ -f": primary("a plain file"),
  "[ -gt": primary("numbers"),
  "[ -le": primary("numbers"),
  "[ -lt": primary("numbers"),
  "[ -n": primary("a string that is not empty"),
  "[ -z": primary("a string that is empty"),
  "find -exec -maxdepth": {
    manual: "find(1)",
    why: "all types in a directory; recorded with -type before -exec",
  },
  "find -maxdepth -name": {
    manual: "find(1)",
    why: "names in a directory that match a pattern; recorded with -type instead of -name",
  },
  "grep -F -e": { manual: "grep(1)", why: "text as it is, also text that begins with -" },
  "grep -H -a": { manual: "grep(1)", why: "all lines of files of any bytes, with the file's name" },
  "ln -f -h -s": { manual: "ln(1)", why: "replaces a link, also one that leads to a directory" },
  "mkdir -m -p": { manual: "mkdir(1)", why: "recorded as -m and as -p" },
  "rm -f -r -x": { manual: "rm(1)", why: "-x: what is mounted in a tree survives its removal" },
  "rmdir -p": {
    manual: "rmdir(1)",
    why: "a directory and its parent in one step, when both are empty",
  },
  "du -k -s -x": { manual: "du(1)", why: "a jail's own tree, and nothing that is mounted in it" },
  "find -print0 -type -x": {
    manual: "find(1)",
    why: "all names of a jail's own tree but sockets, whatever bytes are in them",
  },
  "tar --null --numeric-owner -T -c -f -n": {
    manual: "tar(1)",
    why: "a jail's tree for another host, whose accounts are others",
  },
  "tar --numeric-owner -C -f -p -x": {
    manual: "tar(1)",
    why: "a jail's tree from another host, whose accounts are others",
  },
  "zfs receive -F -u -x": {
    manual: "zfs-receive(8)",
    why: "a dataset is not mounted while it arrives, and takes its place from where it is",
  },
  "zfs send -i -p": { manual: "zfs-send(8)", why: "recorded without -p: properties come along" },
  "zfs send -p": { manual: "zfs-send(8)", why: "recorded without -p: properties come along" },
  "tar --null -C -J -T -c -f -n": {
    manual: "tar(1)",
    why: "packs a list of names into an xz archive; recorded as -cJf of a directory",
  },
  "tar -O -f -q -x": { manual: "tar(1)", why: "prints the first member of a name" },
  "touch -t": { manual: "touch(1)", why: "the same time for the same package" },
  "tr -d": { manual: "tr(1)", why: "a text as one line" },
  "sed -E -n": { manual: "sed(1)", why: "alternatives in a pattern; recorded without -E" },
  "debootstrap --arch --force-check-gpg --include --keyring": {
    manual: "debootstrap(8)",
    why: "a Debian or Ubuntu with further packages; a port",
    unbacked: true,
  },
  "debootstrap --arch --force-check-gpg --keyring": {
    manual: "debootstrap(8)",
    why: "a Debian or Ubuntu, signatures checked; a port",
    unbacked: true,
  },
  "mv -T -f": {
    manual: "mv(1)",
    why: "in Linux jails, by coreutils or BusyBox: a target that is a link to a directory is replaced",
    unbacked: true,
  },
  sha256sum: {
    manual: "sha256sum(1)",
    why: "digests in Linux jails, by coreutils or BusyBox",
    unbacked: true,
  },
  "stat -c": {
    manual: "stat(1)",
    why: "mode and owner in Linux jails, by coreutils or BusyBox",
    unbacked: true,
  },
  "tar --no-xattrs -C -f -p -x": {
    manual: "tar(1)",
    why: "archives of Linux systems have extended attributes that FreeBSD cannot set",
  },
  "doas -n": { manual: "doas(1)", why: "becomes root; a port", unbacked: true },
  "sudo -n": { manual: "sudo(8)", why: "becomes root; a port", unbacked: true },
};
