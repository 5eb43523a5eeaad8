/**
 * freebsd-update(8) on a tree that nobody runs yet, with a working directory and a configuration of its own: the
 * host's would mix up what is pending for the host itself. The script is told which release the tree is, or it takes
 * the kernel's.
 */
import { lastLines } from "./briefly.js";
import { act, type Command, shellFunction } from "./command.js";

/** Rounds of `install` that the script may want: libraries that go last are removed in a round of their own. */
const installRounds = 6;

/**
 * Writes WORK/conf: the tree's own configuration (keys and server of its release), for these components. A kernel is
 * none of them: a jail has none.
 */
export const writeUpdateConf = (
  tree: string,
  work: string,
  components: readonly string[],
): Command => act(["update_conf", tree, work, components.join(" ")], { shellFunction: updateConf });

const updateConf = shellFunction(
  "update_conf",
  `c=$1/etc/freebsd-update.conf
  if [ ! -f "$c" ] || [ -L "$c" ]; then echo "the tree has no etc/freebsd-update.conf: freebsd-update(8) cannot patch it" >&2; return 1; fi
  { grep -v '^Components' "$c"; echo "Components $3"; } >"$2/conf"`,
);

/**
 * Brings the tree to the newest patch level of its release: fetch, then install until nothing is pending. Pending is
 * what the link in WORK says, which is named after the digest of the tree's path. Statuses say little: fetch fails for
 * a release past its end of life though it fetched, install succeeds on a full disk.
 */
export const patchTree = (tree: string, work: string, release: string): Command =>
  act(["patch_tree", tree, work, release], {
    shellFunction: patchTreeFunction,
    deadline: 7200,
    title: `patch ${tree} by freebsd-update(8)`,
  });

const runUpdate = shellFunction(
  "run_update",
  `env PAGER=cat freebsd-update --not-running-from-cron -b "$1" -d "$2" -f "$2/conf" --currently-running "$3" "$4" </dev/null 2>&1`,
);

// The name of FreeBSD-runtime, which every packaged base has, stands in the database as plain text.
const patchTreeFunction = shellFunction(
  "patch_tree",
  `if grep -q FreeBSD-runtime "$1/var/db/pkg/local.sqlite" 2>/dev/null; then
    echo "the tree is made of packages (pkgbase): freebsd-update(8) would break it. Leave out patch, or declare pkgbase" >&2; return 1
  fi
  l=$2/$(echo "$1" | sha256 -q)-install i=0
  tell() { printf '%s\\n' "$o" | tail -n ${lastLines} >&2; return 1; }
  if ! o=$(run_update "$1" "$2" "$3" fetch) && [ ! -L "$l" ]; then
    case $o in *"No updates needed"*) ;; *) tell; return;; esac
  fi
  while [ -L "$l" ]; do
    i=$((i + 1)); [ "$i" -le ${installRounds} ] || { echo "updates are still pending after ${installRounds} rounds of install:" >&2; tell; return; }
    o=$(run_update "$1" "$2" "$3" install)
    case $o in *"No space left"*|*"Disc quota"*) tell; return;; esac
  done`,
  [runUpdate],
);
