/** The files that a jail was started by, kept while it is stopped and started with others. */
import { act, type Command, shellFunction } from "./command.js";
import { putFileFunction } from "./files.js";
import { isRunning } from "./inside.js";

/** Keeps the files in the directory KEPT, which is there when all of them are in it. */
export const keepFiles = (kept: string, files: readonly string[]): Command =>
  act(["keep_files", kept, ...files], { shellFunction: keepFilesFunction });

const keepFilesFunction = shellFunction(
  "keep_files",
  `k=$1; shift
  rm -rf "$k" "$k.new" && mkdir -m 0700 "$k.new" || return
  for f; do [ ! -f "$f" ] || cp "$f" "$k.new/\${f##*/}" || return; done
  mv "$k.new" "$k"`,
);

export const dropFiles = (kept: string): Command =>
  act(["drop_files", kept], { shellFunction: dropFilesFunction });

const dropFilesFunction = shellFunction("drop_files", `rm -rf "$1" "$1.new"`);

/** Starts a jail that does not run by the files that were kept, which are its files again then. */
export const startByKept = (
  kept: string,
  name: string,
  [conf, fstab]: readonly [string, string],
): Command =>
  act(["start_by_kept", kept, name, conf, fstab], {
    shellFunction: startByKeptFunction,
    detached: true,
    deadline: 600,
    title: `start jail ${name} as it was`,
  });

const startByKeptFunction = shellFunction(
  "start_by_kept",
  `k=$1 n=$2 c=$3; shift 2
  [ -d "$k" ] && ! is_running "$n" || return 0
  for f; do
    if [ -f "$k/\${f##*/}" ]; then put_file "$f" 0644 <"$k/\${f##*/}" || return
    else rm -f "$f" || return; fi
  done
  jail -f "$c" -c "$n" && rm -rf "$k"`,
  [isRunning, putFileFunction],
);
