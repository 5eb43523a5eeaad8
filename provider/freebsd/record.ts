/**
 * Recording what changes in a jail: a unionfs over its tree, whose upper layer takes every change (transcript 15). The
 * union is there while the jail runs, by its fstab, and for the moments in which we write to a stopped one.
 */
import { converge, packTree, putListed } from "./carry-over.js";
import { act, type Command, shellFunction } from "./command.js";
import { removeTreeFunction } from "./files.js";
import { isRunning } from "./inside.js";
import { listTree, names, refuseNewlines } from "./tree-lists.js";

export interface Recording {
  readonly jail: string;
  /** The lower layer, and where the union is mounted. */
  readonly tree: string;
  /** The upper layer; on the file system of the tree, so that no two files of the union have one inode number. */
  readonly recorded: string;
}

/** As iocage mounted it. Without noatime, files that are only read would be copied up. */
export const unionOptions: readonly string[] = ["rw", "noatime", "copymode=transparent"];

/** Makes the upper layer. Its root is the jail's "/". */
export const makeRecorded = ({ tree, recorded }: Recording): Command =>
  act(["make_recorded", tree, recorded], { shellFunction: makeRecordedFunction });

const makeRecordedFunction = shellFunction(
  "make_recorded",
  `m=$(stat -f %Lp "$1") && mkdir -m "$m" "$2"`,
);

/** Mounts the union of a stopped jail for the moment. */
export const mountUnion = ({ tree, recorded }: Recording): Command =>
  act(["mount", "-t", "unionfs", "-o", unionOptions.join(","), recorded, tree]);

/** Unmounts the union of a jail that does not run, trying again while it is busy; done when it is not mounted. */
export const dropUnion = ({ jail, tree }: Recording): Command =>
  act(["drop_union", jail, tree], {
    shellFunction: dropUnionFunction,
    title: `unmount what jail ${jail} records to`,
  });

const dropUnionFunction = shellFunction(
  "drop_union",
  `! is_running "$1" || return 0
  i=0
  while [ -n "$(mount -p -t unionfs | while read -r _ o _; do [ "$o" != "$2" ] || echo yes; done)" ]; do
    e=$(umount "$2" 2>&1) && continue
    i=$((i + 1)); [ "$i" -lt 30 ] || { printf '%s\\n' "$e" >&2; return 1; }
    sleep 1
  done`,
  [isRunning],
);

/** Runs a command while the union of the stopped jail $1, of $2 over $3, is mounted to be read. */
export const withUnion = shellFunction(
  "with_union",
  `drop_union "$1" "$3" && mount -t unionfs -o ro,noatime,copymode=transparent "$2" "$3" || return
  uj=$1 ut=$3; shift 3
  "$@"; us=$?
  drop_union "$uj" "$ut" && return "$us"`,
  [dropUnionFunction],
);

/**
 * Makes the tree what the union shows. Whatever it has done of that, the union shows the same: it may be cut anywhere and
 * be done again, or the jail be started with its union in between.
 */
export const mergeRecorded = ({ jail, tree, recorded }: Recording): Command =>
  act(["merge_recorded", jail, recorded, tree], {
    shellFunction: mergeRecordedFunction,
    deadline: 3600,
    title: `put what jail ${jail} recorded into its tree`,
  });

/** Working directory of `mergeRecorded`. */
export const mergeLists = (recorded: string): string => `${recorded}.lists`;

/** A directory that unionfs made for one of the lower layer has no flags: for a list, directories have none. */
export const plainDirectories = shellFunction(
  "plain_directories",
  `sed -E "/ type=dir( |\\$)/s/ flags=[^ ]*//" "$1"`,
);

/**
 * What the tree is to be: what the union shows, with those lines of the tree that say the same but for such flags. A list
 * that was cut short by a full disk must not make files go.
 */
const wantView = shellFunction(
  "want_view",
  `plain_directories view >view.plain && plain_directories below >below.plain &&
    comm -12 view.plain below.plain | names >same && comm -23 view.plain below.plain | names >other &&
    { join same below && join other view; } | sort >wanted && names <wanted >own && [ -s view ] &&
    [ "$(wc -l <view)" -eq "$(wc -l <own)" ] || { echo "what it shows could not be compared: is a disk full?" >&2; return 1; }`,
  [plainDirectories, names],
);

const mergeRecordedFunction = shellFunction(
  "merge_recorded",
  `set -o pipefail
  w=$2.lists
  remove_tree "$w" && mkdir -m 0700 "$w" && with_union "$1" "$2" "$3" list_tree "$3" "$w/view" false &&
    list_tree "$3" "$w/below" false && cd "$w" && want_view && refuse_newlines &&
    converge "$2" "$3" && put_listed pack_tree missing.own "$2" "$3" false && compare_fresh "$3" || return
  if [ -s missing ]; then echo "these were not put into the tree:" >&2; head -n 5 missing >&2; return 1; fi
  cd / && remove_tree "$w"`,
  [
    removeTreeFunction,
    withUnion,
    listTree,
    wantView,
    refuseNewlines,
    converge,
    putListed,
    packTree,
  ],
);
