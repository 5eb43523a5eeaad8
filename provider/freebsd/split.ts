/**
 * A userland in two parts for thin jails, as the handbook makes them: a tree that jails mount read-only, and a
 * skeleton of what each jail may write, which the tree's links find at /s.
 */
import { act, type Command, shellFunction } from "./command.js";
import { putFile } from "./files.js";

/** The tree that jails mount read-only. */
export const readOnlyPart = (directory: string): string => `${directory}/root`;
/** What each jail gets a copy of: etc, home, root, tmp, usr-local and var. */
export const skeletonPart = (directory: string): string => `${directory}/skeleton`;

/** Splits the userland in DIRECTORY/root: what jails write moves to DIRECTORY/skeleton. */
export const splitTree = (directory: string): Command =>
  act(["split_tree", directory], {
    shellFunction: splitTreeFunction,
    title: `split ${directory} into a read-only tree and a skeleton`,
  });

// A link in etc such as termcap -> ../usr/share/misc/termcap starts at /s/etc now: it finds /usr by the link /s/usr.
const splitTreeFunction = shellFunction(
  "split_tree",
  `cd "$1" && mkdir root/s skeleton || return
  if [ -L root/usr ]; then echo "/usr is a symbolic link: a template needs a directory there" >&2; return 1; fi
  for d in etc home root tmp var usr/local; do
    case $d in usr/local) n=usr-local; l=../s/$n;; *) n=$d; l=s/$n;; esac
    if [ -L "root/$d" ]; then echo "/$d is a symbolic link: only a directory can move to the skeleton" >&2; return 1; fi
    if [ -d "root/$d" ]; then mv "root/$d" "skeleton/$n"; else mkdir "skeleton/$n"; fi && ln -s "$l" "root/$d" || return
  done
  ln -s ../usr skeleton/usr`,
);

/** Ports are built in the part that a jail may write: /usr/ports is read-only there. */
export const buildPortsInSkeleton = (directory: string): Command =>
  putFile(`${skeletonPart(directory)}/etc/make.conf`, "WRKDIRPREFIX?=  /s/portbuild\n");
