/**
 * What a jail's owner changed against the base that the jail was made from, and what its tree on another base is to
 * be: lists of mtree(8), one line a file with its name encoded by vis(3), so that no name can pretend to be a line.
 * They are compared on the host: with a jail's data they may be long, and the decision is taken once more after
 * the stop, where a round trip would be downtime.
 *
 * Files of the working directory: `old`, `new`, `jail` are the trees; `own` and `base` the names that come from the
 * jail and from the new base, `wanted` the lines of both; `both` what the owner and the base changed differently.
 */
import { act, type Command, shellFunction } from "./command.js";

/** Trees that take part in an upgrade, and where its lists lie. */
export interface Upgrade {
  /** The jail's name. */
  readonly jail: string;
  /** Its tree, or the part of it that can be written. */
  readonly tree: string;
  /** The same in the running jail. */
  readonly inside: string;
  /** The base that the jail was made from. */
  readonly old: string;
  /** The base that it is to have. */
  readonly base: string;
  /** The new tree, beside; nobody runs in it yet. */
  readonly fresh: string;
  /** Working directory on the host, which no jail sees. */
  readonly work: string;
}

const keys = "type,mode,uid,gid,size,time,link,flags";

/**
 * A copy by tar(1) keeps whole seconds. Times of directories are those of their last entry, and "uarch" is set by
 * ZFS itself; a socket is gone with the process that made it.
 */
const normalize = [
  "/ type=socket( |$)/d",
  "/ type=dir( |$)/s/ (size|time)=[^ ]*//g",
  "s/( time=[0-9]+)\\.[0-9]+/\\1/",
  "s/=uarch,/=/;s/,uarch//;s/=uarch/=none/",
].join(";");

/** Lists the tree $1 into the file $2. In byte order, lines are sorted as the names are that they start with. */
export const listTree = shellFunction(
  "list_tree",
  `(set -o pipefail
  { mtree -c -x -n -k ${keys} -p "$1" 2>/dev/null || "$3"; } | mtree -C -k ${keys} | sed -E '${normalize}' | sort >"$2") ||
    { echo "$1 could not be listed: is a disk full, or faulty?" >&2; return 1; }`,
);

/** The working directory, and the lists of both bases. It is for root only: accounts are merged there. */
export const listBases = ({ old, base, work }: Upgrade): Command =>
  act(["list_bases", old, base, work], {
    shellFunction: listBasesFunction,
    deadline: 1800,
    title: `compare ${old} with ${base}`,
  });

const listBasesFunction = shellFunction(
  "list_bases",
  `rm -rf "$3" && mkdir -p -m 0700 "$3" && list_tree "$1" "$3/old" false && list_tree "$2" "$3/new" false`,
  [listTree],
);

/** The names of the lines that it reads. */
export const names = shellFunction("names", `cut -d " " -f 1`);
const directories = shellFunction("directories", `sed -n "/ type=dir /p" "$1" | names`, [names]);
const leaves = shellFunction("leaves", `sed "/ type=dir /d" "$1" | names`, [names]);

/** Lines of $1 that have a name of $2 above them ($3 is "with"), or that have none ("without"). */
const below = shellFunction(
  "below",
  `while read -r n; do
    k=without
    while read -r c; do case $n in "$c"/*) k=with; break;; esac; done <"$2"
    [ "$k" != "$3" ] || printf '%s\\n' "$n" || return
  done <"$1"`,
);

/** Directories of the list $1 whose parent is not in it. */
const topmost = shellFunction(
  "topmost",
  `sed -E "s#^(.*)/[^/]*\\$#\\\\1 &#" "$1" | sort | join -v 1 - "$1" | cut -d " " -f 2 | sort`,
);

/**
 * What is the owner's to change, as freebsd-update.conf(5) has it in UpdateIfUnmodified. Elsewhere the new base wins:
 * a jail that was patched from the inside would keep half of the old base's programs and libraries otherwise.
 */
const ownersPart =
  "^\\./((etc|home|root|tmp|var|usr-local|usr/home|usr/local)(/|$)|\\.(cshrc|profile)$)";

/** What the owner touched, removed, and left as the new base has it. A directory that is removed takes all below it. */
const compareTrees = shellFunction(
  "compare_trees",
  `for l in old new jail; do
    names <"$l" >"$l.names" && directories "$l" >"$l.dirs" && leaves "$l" >"$l.leaves" || return
  done
  comm -13 old jail | names >touched &&
    comm -12 new jail | names >same &&
    comm -23 touched same >changed &&
    comm -3 old new | tr -d "\\t" | names | sort -u >moved &&
    comm -23 old.names jail.names >gone &&
    comm -12 gone old.dirs >gone.dirs &&
    comm -23 gone moved | sort -u - gone.dirs >removed &&
    comm -12 changed moved | comm -12 - new.names | comm -23 - jail.dirs >clash &&
    comm -12 clash new.leaves | sed -E '\\#${ownersPart}#d' >replaced &&
    comm -23 clash replaced >both && comm -23 changed replaced >mine`,
  [names, directories, leaves],
);

/**
 * What comes from the jail: what is the owner's, and the directories that the new base has no more, for what may be
 * in them; they go when they are left empty. A directory that the base made something else stays if there is
 * anything of the owner in it.
 */
const chooseOwn = shellFunction(
  "choose_own",
  `comm -12 jail.dirs old.names | comm -23 - new.names >dropped &&
    comm -12 jail.dirs new.leaves >became && : >stays || return
  while read -r d; do
    printf '%s\\n' "$d" >one || return
    [ -z "$(below mine one with | head -n 1)" ] || cat one >>stays || return
  done <became
  sort -u mine dropped stays >own`,
  [below],
);

/** What comes from the new base: all but what is the owner's, was removed, or has lost the directory that it is in. */
const chooseBase = shellFunction(
  "choose_base",
  `comm -12 jail.leaves new.dirs | comm -12 - own >covers &&
    topmost gone.dirs | cat - covers >covering &&
    comm -23 new.names own | comm -23 - removed >base.all || return
  if [ -s covering ]; then below base.all covering without >base; else cp base.all base; fi &&
    join own jail >wanted.own && join base new | sort - wanted.own >wanted`,
  [topmost, below],
);

// Names travel to tar(1) a line each.
export const refuseNewlines = shellFunction(
  "refuse_newlines",
  `[ "$(unvis own | wc -l)" -eq "$(wc -l <own)" ] || {
    echo "the jail has files with a line break in their names, which cannot be carried over; rename them:" >&2
    grep -E '\\\\(n|012|\\^J)' own | head -n 5 >&2; return 1; }`,
);

/** Lists the jail's tree $2 anew and decides, in the directory $1; $3 is "true" while the jail runs and files vanish. */
export const decide = shellFunction(
  "decide",
  `set -o pipefail
  list_tree "$2" "$1/jail" "$3" && cd "$1" && compare_trees && choose_own && choose_base && refuse_newlines`,
  [listTree, compareTrees, chooseOwn, chooseBase, refuseNewlines],
);
