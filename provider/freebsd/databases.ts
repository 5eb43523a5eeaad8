/** Databases that are made of files in etc: made anew in a tree on another base, by the host's own programs. */
import { act, type Command, shellFunction } from "./command.js";
import { enter } from "./inside.js";
import { isPlain } from "./merge.js";

/**
 * Rebuilds the databases of accounts, login classes and services in a tree in which nobody runs. What the owner may
 * have left under the names that the programs write to is removed first, so that no link of theirs is followed.
 */
export const rebuildDatabases = (tree: string): Command =>
  act(["rebuild_databases", tree], {
    shellFunction: rebuildDatabasesFunction,
    title: `rebuild the databases of ${tree}`,
  });

const rebuildDatabasesFunction = shellFunction(
  "rebuild_databases",
  `(enter "$1" etc keep 2>/dev/null || exit 0
    if is_plain master.passwd; then
      rm -f pwd.db.tmp spwd.db.tmp master.passwd.orig && pwd_mkdb -d "$PWD" -p "$PWD/master.passwd" || exit
    fi
    if is_plain login.conf; then
      rm -f login.conf.db login.conf.db.tmp && cap_mkdb "$PWD/login.conf" || exit
    fi) || return
  (enter "$1" etc keep 2>/dev/null && is_plain services) || return 0
  (enter "$1" var/db keep 2>/dev/null || exit 0
    [ -f services.db ] || exit 0
    rm -f services.db services.db.tmp && services_mkdb -l -q -o "$PWD/services.db" "$1/etc/services")`,
  [enter, isPlain],
);
