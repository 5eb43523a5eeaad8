/**
 * Forms that the provider sends and no transcript shows on both releases in a step that ended well, with the manual
 * page that says what they do. All flags of base tools are in the sources of 2019 already, from which 13.0 was made.
 * The coverage gate fails when a form is missing here, and when one is here in vain.
 */
import type { Form } from "./combinations.js";

export interface Exception {
  /** "rm(1)": of FreeBSD 13.2 and 15, or the port's. */
  readonly manual: string;
  /** What the form is needed for, or why nothing recorded will do. */
  readonly why: string;
  /** No transcript can show it: the recorded hosts do not have the program, or what it would need. */
  readonly unbacked?: true;
}

const builtin = (why: string): Exception => ({ manual: "sh(1)", why });
const primary = (why: string): Exception => ({ manual: "test(1)", why });
const page = (manual: string, why: string): Exception => ({ manual, why });
/** What the recorded hosts do not have, or could not be asked. */
const unbacked = (manual: string, why: string): Exception => ({ manual, why, unbacked: true });

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
  "sh -s": page("sh(1)", "reads its commands from standard input, as sh without words"),
  "[ !=": primary("strings that differ"),
  "[ -c": primary("a character device: FreeBSD's disks"),
  "[ -eq": primary("numbers; strtoimax(3) skips the blanks that wc(1) writes before one"),
  "[ -L": primary("a symbolic link, also one that leads nowhere"),
  "[ -e": primary("recorded only where nothing is there (status 1)"),
  "[ -ge": primary("a number that is at least another"),
  "[ -f": primary("a plain file"),
  "[ -gt": primary("numbers"),
  "[ -le": primary("numbers"),
  "[ -lt": primary("numbers"),
  "[ -n": primary("a string that is not empty"),
  "[ -s": primary("a file that is not empty"),
  "[ -z": primary("a string that is empty"),
  "chown -h": page("chown(8)", "-h: of the link itself, which is made anew to lead elsewhere"),
  "chflags -h": page("chflags(1)", "-h: of the link itself, when a jail's owner planted one"),
  "cmp -s": page("cmp(1)", "-s: by its status only; '-' is standard input"),
  "comm -1 -2": page("comm(1)", "leaves out columns 1 and 2: what both lists have"),
  "comm -1 -3": page("comm(1)", "leaves out columns 1 and 3: what only the second list has"),
  "comm -2 -3": page("comm(1)", "leaves out columns 2 and 3: what only the first list has"),
  "comm -3": page("comm(1)", "what one of two lists has, the second's behind a tab"),
  "cp -R": page("cp(1)", "-R: a directory, as it does not end with a slash, with what is in it"),
  "cut -d -f": page("cut(1)", "the first field; whole lines that have no delimiter"),
  dd: page(
    "dd(1)",
    "conv=sparse leaves out what is empty, where input and output are blocked apart",
  ),
  diff3: page("diff3(1)", "the list; recorded with -m, which loses lines on 13.2"),
  "find -exec -maxdepth": page(
    "find(1)",
    "all types in a directory; recorded with -type before -exec",
  ),
  "find -exec -maxdepth -o -path -type": page(
    "find(1)",
    "( A -o B ): either of two paths; '*' and '/' are nothing special in the pattern of -path",
  ),
  "find -maxdepth -name": page(
    "find(1)",
    "names in a directory that match a pattern; recorded with -type instead of -name",
  ),
  "find -maxdepth -name -o": page("find(1)", "( A -o B ): names that match either of two patterns"),
  "fsck_ffs -p": page("fsck_ffs(8)", "-p: mends what a crash leaves; recorded as -n"),
  "fstyp -u": page("fstyp(8)", "-u: also what cannot be mounted, as parts of a pool"),
  "grep -E": page("grep(1)", "alternatives in a pattern"),
  "grep -F -e": page("grep(1)", "text as it is, also text that begins with -"),
  "grep -F -e -q -x": page("grep(1)", "-x: a whole line; -q: by the status only"),
  "grep -F -f -v -x": page("grep(1)", "lines that are not in another file, which is not empty"),
  "grep -H -a": page("grep(1)", "all lines of files of any bytes, with the file's name"),
  "grep -q": page("grep(1)", "by the status only"),
  "grep -v": page("grep(1)", "lines that do not match"),
  "grep -v -x": page("grep(1)", "lines that are not this one"),
  "head -n": page("head(1)", "recorded on 15.1, and on 13.2 as -N"),
  join: page("join(1)", "lines of two lists with the same first field, a blank between fields"),
  "join -v": page("join(1)", "-v 1: lines of the first list without a partner"),
  "ln -f -h -s": page("ln(1)", "replaces a link, also one that leads to a directory"),
  "make -C": page("build(7)", "installworld and distribution, with DESTDIR"),
  "mdconfig -a -f -o -t vnode -u": page(
    "mdconfig(8)",
    "readonly, with a unit; recorded without the unit",
  ),
  "mkdir -m -p": page("mkdir(1)", "recorded as -m and as -p"),
  "mkimg -H -T -f -o -p -s": page("mkimg(1)", "a VHD's geometry; recorded without one"),
  "mount -o -t ufs": page("mount(8)", "ro; recorded without the type, ufs is the default"),
  "mount -t ufs": page("mount(8)", "-t: the type; recorded without it, ufs is the default"),
  "mtree -C -k": page("mtree(8)", "-C: a specification as one line a file, the full path first"),
  "mtree -c -k -n -p -x": page(
    "mtree(8)",
    "-n: no comments, -x: no other mounts; recorded: -c -k -p",
  ),
  "newfs -U": page("newfs(8)", "soft updates; recorded with a label, -L"),
  "pw groupmod -d -n": page("pw(8)", "-d: takes users out of a group, in a jail"),
  "pw groupshow -a": page("pw(8)", "-a: all groups; recorded of one"),
  "pw useradd -n": page("pw(8)", "with options for what is declared; -H 0 reads a password's hash"),
  "pw userdel -n": page("pw(8)", "recorded with -r, which takes the home, too"),
  "pw usermod -n": page("pw(8)", "with options for what differs; recorded with -s"),
  "rm -f -r -x": page("rm(1)", "-x: what is mounted in a tree survives its removal"),
  "rmdir -p": page("rmdir(1)", "a directory and its parent in one step, when both are empty"),
  "sed -E": page("sed(1)", "alternatives in a pattern; recorded without -E"),
  "sed -E -n": page("sed(1)", "alternatives in a pattern; recorded without -E"),
  service: page(
    "service(8)",
    "scripts of rc.d by their status only: what rc(8) says that they take",
  ),
  "service enabled": page("rc(8)", "by its status only: whether the service is enabled"),
  "service onestatus": page("rc(8)", "by its status only; recorded of one that does not run"),
  "sysrc -N -a": page("sysrc(8)", "-a: all that is not as in the defaults; -N: names only"),
  "sysrc -c": page("sysrc(8)", "-c: by its status only: whether the value is this one already"),
  "sysrc -i": page("sysrc(8)", "-i: unknown variables are left out; recorded without it"),
  "timeout --foreground -k": page(
    "timeout(1)",
    "what the command leaves running is not waited for and not killed; recorded without it",
  ),
  sort: page("sort(1)", "by bytes: the workers' LC_ALL is C"),
  "sort -r": page("sort(1)", "the other way round: what is deeper comes first"),
  "sort -u": page("sort(1)", "each line once; '-' is standard input"),
  "tail -c": page("tail(1)", "the last bytes: how a text ends, or the end of an endless line"),
  "tar --null -C -T -c -f -n": page(
    "tar(1)",
    "names from standard input, each ended by a NUL, no recursion",
  ),
  "tr -d": page("tr(1)", "without characters; \\000 is NUL"),
  "umount -t": page(
    "umount(8)",
    "-t: only what is of this type; jail(8) shows that it does so itself",
  ),
  unvis: page("unvis(1)", "names that mtree(8) encoded by vis(3)"),
  "wc -l": page("wc(1)", "counts lines"),
  "freebsd-update --currently-running --not-running-from-cron -b -d -f fetch": unbacked(
    "freebsd-update(8)",
    "recorded where it could fetch nothing (status 1), never with updates",
  ),
  "freebsd-update --currently-running --not-running-from-cron -b -d -f install": unbacked(
    "freebsd-update(8)",
    "installs what was fetched",
  ),
  "pkg -N": unbacked("pkg(8)", "recorded where pkg is not installed (status 1); a port"),
  "pkg delete -y": unbacked("pkg-delete(8)", "a port, which the recorded hosts could not fetch"),
  "pkg info -e": unbacked("pkg-info(8)", "-e: by its status only; a port"),
  "pkg query": unbacked("pkg-query(8)", "%n, %v, %a (automatic) and %rn (what needs it); a port"),
  "pkg rquery -U": unbacked("pkg-rquery(8)", "-U: of the catalogue as it was fetched last; a port"),
  "pkg set -A -y": unbacked("pkg-set(8)", "-A 1: as if it had only come with others; a port"),
  "pkg install -y": unbacked(
    "pkg-install(8)",
    "packages of ports, in a package's scratch jail; a port",
  ),
  "pkg -R -o -r install -r -y": unbacked("pkg(8)", "packages from a repository; a port"),
  "doas -n": unbacked("doas(1)", "becomes root; a port"),
  "sudo -n": unbacked("sudo(8)", "becomes root; a port"),
  "du -A -k -s -x": page("du(1)", "-A: what files hold, also where ZFS has compressed them"),
  "du -k -s -x": page("du(1)", "a jail's own tree, and nothing that is mounted in it"),
  "find -print0 -type -x": page(
    "find(1)",
    "all names of a jail's own tree but sockets, whatever bytes are in them",
  ),
  "tar --one-file-system -C -c -f": page(
    "tar(1)",
    "a jail's tree and nothing that is mounted in it",
  ),
  "tar --null --numeric-owner -T -c -f -n": page(
    "tar(1)",
    "a jail's tree for another host, whose accounts are others",
  ),
  "tar --numeric-owner -C -c -f": page(
    "tar(1)",
    "an image file on its way to another host; holes are kept (--read-sparse, the default)",
  ),
  "tar --numeric-owner -C -f -p -x": page(
    "tar(1)",
    "a jail's tree from another host, whose accounts are others",
  ),
  "zfs list -H -d -o -t filesystem,volume": page(
    "zfs-list(8)",
    "-t: datasets without snapshots, which some pools list otherwise; recorded with -t snapshot",
  ),
  "zfs receive -F -u -x": page(
    "zfs-receive(8)",
    "a dataset is not mounted while it arrives, and takes its place from where it is",
  ),
  "zfs send -i -p": page("zfs-send(8)", "recorded without -p: properties come along"),
  "zfs send -p": page("zfs-send(8)", "recorded without -p: properties come along"),
  "tar --null --numeric-owner -C -J -T -c -f -n": page(
    "tar(1)",
    "packs a list of names into an xz archive; recorded as -cJf of a directory",
  ),
  "tar --null --numeric-owner -J -T -c -f -n": page(
    "tar(1)",
    "what a deleted jail had, from the names that find(1) prints, into an xz archive",
  ),
  fsync: page("fsync(1)", "an archive is on the disk before the jail's tree is removed"),
  "jls -d -j": page("jls(8)", "one jail, also while it is dying; recorded as -d and as -j"),
  "tar --numeric-owner -f -t -v": page("tar(1)", "a listing whose owners are numbers"),
  "tar -O -f -q -x": page("tar(1)", "prints the first member of a name"),
  "touch -t": page("touch(1)", "the same time for the same package"),
  "qemu-img convert -O -f": unbacked("qemu-img(1)", "images of other systems; a port"),
  "debootstrap --arch --force-check-gpg --include --keyring": unbacked(
    "debootstrap(8)",
    "a Debian or Ubuntu with further packages; a port",
  ),
  "debootstrap --arch --force-check-gpg --keyring": unbacked(
    "debootstrap(8)",
    "a Debian or Ubuntu, signatures checked; a port",
  ),
  "xz -c -d": page("xz(1)", "unpacks an image that was fetched"),
  "mv -T -f": unbacked(
    "mv(1)",
    "in Linux jails, by coreutils or BusyBox: a target that is a link to a directory is replaced",
  ),
  sha256sum: unbacked("sha256sum(1)", "digests in Linux jails, by coreutils or BusyBox"),
  "stat -c": unbacked("stat(1)", "mode and owner in Linux jails, by coreutils or BusyBox"),
  "tar --no-xattrs --numeric-owner -C -f -p -x": page(
    "tar(1)",
    "archives of Linux systems: attributes that FreeBSD cannot set, and accounts that are not the host's",
  ),
};
