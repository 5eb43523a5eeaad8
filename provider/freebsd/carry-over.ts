/**
 * Making the new tree what it is to be, by `wanted` of tree-lists.ts: what is not wanted so is removed, what is
 * missing comes from the jail or from the new base. It may be done again and again: what is there already stays.
 */
import { act, type Command, shellFunction } from "./command.js";
import { enter } from "./inside.js";
import { decide, listTree, type Upgrade } from "./tree-lists.js";

/** Lists what the new tree has too much, and what it lacks; directories whose attributes differ are only set anew. */
const compareFresh = shellFunction(
  "compare_fresh",
  `list_tree "$1" x false && comm -23 x wanted >surplus &&
    sed "/ type=dir /d" surplus | cut -d " " -f 1 >surplus.leaves &&
    sed -n "/ type=dir /p" wanted | cut -d " " -f 1 >wanted.dirs &&
    sed -n "/ type=dir /p" surplus | cut -d " " -f 1 | comm -23 - wanted.dirs >surplus.dirs &&
    comm -13 x wanted | cut -d " " -f 1 >missing &&
    comm -12 missing own >missing.own && comm -23 missing own >missing.base`,
  [listTree],
);

/**
 * Removes what the list $2 names from the tree $1, what is deeper first; no directory that is not empty. The tree may
 * hold links that the jail's owner planted: each directory is entered step by step. $3 is rm or rmdir.
 */
const removeListed = shellFunction(
  "remove_listed",
  `sort -r "$2" | unvis | while IFS= read -r n; do
    n=\${n#.}
    (enter "$1" "\${n%/*}" keep && n=./\${n##*/} && chflags -h 0 "$n" && case $3 in rm) rm -f "$n";; *) rmdir "$n";; esac) || return
  done`,
  [enter],
);

/**
 * Copies what the list $2 names from one tree to another. bsdtar extracts neither through a link nor outside. $1
 * writes the archive of the names that it reads; a jail's accounts are none of the host's.
 */
export const putListed = shellFunction(
  "put_listed",
  `[ -s "$2" ] || return 0
  { unvis "$2" | tr "\\n" "\\000" | "$1" "$3" || "$5"; } | tar -xpf - --numeric-owner -C "$4"`,
);

export const packTree = shellFunction("pack_tree", `tar -cf - -n --null -C "$1" -T -`);

/**
 * A jail that runs packs its own files: its root could put a link to the host's files where a directory was. What it
 * hides or makes up is seen when it is stopped. What it makes up without end leaves a tenth of what is free where we are.
 */
export const packJail = shellFunction(
  "pack_jail",
  `b=$(df -k . | sed -E -n 's/^.* (-?[0-9]+) +[0-9]+% .*$/\\1/p')
  [ "\${b:-0}" -gt 0 ] || { echo "no space is left in $(pwd -P)" >&2; return 1; }
  timeout -k 5 3300 jexec "\${1%%:*}" tar -cf - -n --null -C "\${1#*:}" -T - | head -c $((b * 900))`,
);

/** Directories that only the old base had go when nothing is left in them. */
const dropEmpty = shellFunction(
  "drop_empty",
  `comm -12 dropped.only own | sort -r | unvis | while IFS= read -r n; do
    n=\${n#.}
    (enter "$1" "\${n%/*}" keep && chflags -h 0 "./\${n##*/}" && rmdir "./\${n##*/}") 2>/dev/null
  done; :`,
  [enter],
);

export const converge = shellFunction(
  "converge",
  `compare_fresh "$2" && remove_listed "$2" surplus.leaves rm && remove_listed "$2" surplus.dirs rmdir &&
    put_listed pack_tree missing.base "$1" "$2" false`,
  [compareFresh, removeListed, putListed, packTree],
);

/** While the jail runs: brings most of it over, so that little is left to do when it is stopped. */
export const carryLive = ({ jail, tree, inside, base, fresh, work }: Upgrade): Command =>
  act(["carry_live", work, `${jail}:${inside}`, tree, base, fresh], {
    shellFunction: carryLiveFunction,
    detached: true,
    deadline: 3600,
    title: `copy what is the owner's of jail ${jail} while it runs`,
  });

const carryLiveFunction = shellFunction(
  "carry_live",
  `decide "$1" "$3" true && cd "$1" && converge "$4" "$5" && put_listed pack_jail missing.own "$2" "$5" true`,
  [decide, converge, putListed, packJail],
);

/** When the jail is stopped: its tree is at rest, and the new one becomes exactly what is wanted. */
export const carryOver = ({ jail, tree, base, fresh, work }: Upgrade): Command =>
  act(["carry_over", work, tree, base, fresh], {
    shellFunction: carryOverFunction,
    deadline: 3600,
    title: `copy what is the owner's of jail ${jail}`,
  });

// What is missing after that was not copied: nothing of an owner's may be lost silently.
const carryOverFunction = shellFunction(
  "carry_over",
  `decide "$1" "$2" false && cd "$1" && converge "$3" "$4" && put_listed pack_tree missing.own "$2" "$4" false &&
    compare_fresh "$4" || return
  if [ -s missing ]; then echo "these were not copied:" >&2; head -n 5 missing >&2; return 1; fi
  comm -23 dropped mine >dropped.only && drop_empty "$4"`,
  [decide, converge, putListed, packTree, dropEmpty],
);
