/**
 * Files that both the owner of a jail and the new base changed: merged where that can be done, else the owner's stays
 * and the base's is put aside in the jail's /var/db/pulumi-freebsd. Not beside it: periodic(8) and rc(8) run
 * everything in their directories.
 */
import { act, type Command, shellFunction } from "./command.js";
import { enter } from "./inside.js";
import { conflict, mergeText } from "./merge-text.js";
import type { Upgrade } from "./tree-lists.js";

/** Where, below a jail's root, merges with conflict marks and the base's versions are left. */
export const conflictsDirectory = (release: string): string =>
  `var/db/pulumi-freebsd/conflicts/${release}`;

/** Files that are made of others, and are made anew. */
const derived =
  "/etc/passwd|/etc/pwd.db|/etc/spwd.db|/etc/login.conf.db|/var/db/services.db|/etc/master.passwd.orig";

/**
 * Merges what `both` of tree-lists.ts names; the new tree has the jail's version of it. Leaves the names of conflicts
 * in `conflicts` of the working directory.
 */
export const mergeBoth = ({ jail, old, base, fresh, work }: Upgrade, release: string): Command =>
  act(["merge_both", work, old, base, fresh, conflictsDirectory(release)], {
    shellFunction: mergeBothFunction,
    deadline: 1800,
    title: `merge what was changed in jail ${jail} and in the base`,
  });

/** Replaces a file's content, and leaves its mode, owner and flags. */
const overwrite = shellFunction(
  "overwrite",
  `g=$(stat -f %Sf "$2") && { [ "$g" = - ] || chflags 0 "$2"; } && cat "$1" >"$2" && { [ "$g" = - ] || chflags "$g" "$2"; }`,
);

export const isPlain = shellFunction("is_plain", `[ -f "$1" ] && [ ! -L "$1" ]`);

/** Whether files are text: diff3(1) takes one with a NUL for equal to anything. */
const isText = shellFunction(
  "is_text",
  `for f; do tr -d "\\000" <"$f" | cmp -s - "$f" || return; done`,
);

/** Copies the file $2 of the tree $1 to $3; pinned, as that tree's links may lead anywhere. Empty when it has none. */
const takeVersion = shellFunction(
  "take_version",
  `: >"$3" || return
  (enter "$1" "\${2%/*}" keep 2>/dev/null && is_plain "./\${2##*/}" && cat "./\${2##*/}" >"$3")`,
  [enter, isPlain],
);

/**
 * Accounts, by their names: the new base's file with the lines that the owner changed or added, without those that
 * the owner removed. $1 is the jail's, $2 the old and $3 the new base's.
 */
// Without patterns FreeBSD's grep selects nothing, even with -v.
export const mergeAccounts = shellFunction(
  "merge_accounts",
  `cut -d : -f 1 "$1" >jail.accounts && cut -d : -f 1 "$2" >old.accounts && cut -d : -f 1 "$3" >new.accounts || return
  if [ -s "$2" ]; then grep -vxF -f "$2" "$1"; else grep "" "$1"; fi >mine.accounts; [ "$?" -lt 2 ] || return
  while IFS= read -r l || [ -n "$l" ]; do
    n=\${l%%:*} m=
    while IFS= read -r k; do case $k in "$n":*) m=$k; break;; esac; done <mine.accounts
    if [ -n "$m" ]; then printf '%s\\n' "$m" || return
    elif grep -qxF -e "$n" jail.accounts || ! grep -qxF -e "$n" old.accounts; then printf '%s\\n' "$l" || return
    fi
  done <"$3"
  while IFS= read -r k; do
    grep -qxF -e "\${k%%:*}" new.accounts || printf '%s\\n' "$k" || return
  done <mine.accounts`,
);

/**
 * Merges the plain file $1, in the directory that was entered, whose path is $2. The working directory $3 has the
 * versions of the old base and the new one. What of a conflict the owner may want to see is left in "left".
 */
const mergeFile = shellFunction(
  "merge_file",
  `is_plain "$1" && [ -f "$3/theirs" ] || return ${conflict}
  ! cmp -s "$1" "$3/theirs" || return 0
  if [ -f "$3/before" ] && cmp -s "$1" "$3/before"; then overwrite "$3/theirs" "$1"; return; fi
  cat "$1" >"$3/ours" && cat "$3/theirs" >"$3/left" && : >>"$3/before" || return
  case $2 in
  /etc/master.passwd|/etc/group) (cd "$3" && merge_accounts ours before theirs >merged) || return;;
  /etc/*) is_text "$3/ours" "$3/before" "$3/theirs" || return ${conflict}
    (cd "$3" && merge_text ours before theirs >merged) || {
      [ "$?" -eq ${conflict} ] && cp "$3/merged" "$3/left" || return 1; return ${conflict}; };;
  *) return ${conflict};;
  esac
  overwrite "$3/merged" "$1"`,
  [isPlain, isText, overwrite, mergeAccounts, mergeText],
);

/** Leaves the file $4 as $3 in the directory $2 of the tree $1, unless the owner made that a link. */
const putAside = shellFunction(
  "put_aside",
  `(enter "$1" "$2" make 2>/dev/null || exit 0; rm -f "./$3" && set -C && cat "$4" >"./$3")`,
  [enter],
);

const mergeBothFunction = shellFunction(
  "merge_both",
  `umask 077; cd "$1" && : >conflicts && unvis both >both.plain || return
  while IFS= read -r n <&3 && IFS= read -r v <&4; do
    n=\${n#.}
    case $n in ${derived}) continue;; esac
    rm -f left before theirs
    take_version "$2" "$n" "$1/before" || rm -f before
    take_version "$3" "$n" "$1/theirs" || rm -f theirs
    (enter "$4" "\${n%/*}" keep && merge_file "./\${n##*/}" "$n" "$1")
    case $? in 0) continue;; ${conflict}) ;; *) return 1;; esac
    printf '%s\\n' "$v" >>conflicts || return
    [ ! -f left ] || put_aside "$4" "$5\${n%/*}" "\${n##*/}" "$1/left" || return
  done 3<both.plain 4<both`,
  [enter, takeVersion, mergeFile, putAside],
);
