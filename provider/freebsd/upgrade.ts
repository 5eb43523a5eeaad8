/** Steps of an upgrade that are neither comparing nor merging: stopping the clock, swapping back, telling of it. */
import { act, type Command, type CommandResult, shellFunction } from "./command.js";
import { putFileFunction, renameFunction } from "./files.js";
import { isRunning } from "./inside.js";
import { sweepMounts, sweepMountsFunction } from "./mount.js";

/** Notes the moment from which on the jail is down. */
export const noteStop = (work: string): Command =>
  act(["note_stop", work], { shellFunction: noteStopFunction });

const noteStopFunction = shellFunction(
  "note_stop",
  `mkdir -p -m 0700 "$1" && date +%s >"$1/stopped"`,
);

/**
 * Keeps the files that a jail is configured by. A run that goes on with a swap finds them as the new base wants them,
 * and starting the old tree by those would mount the new base under it.
 */
export const saveConfiguration = (work: string, files: readonly string[]): Command =>
  act(["save_configuration", work, ...files], { shellFunction: saveFunction });

const saveFunction = shellFunction(
  "save_configuration",
  `w=$1/configuration; shift
  rm -rf "$w" && mkdir -p -m 0700 "$w" || return
  for f; do [ ! -f "$f" ] || cp "$f" "$w/\${f##*/}" || return; done`,
);

/** Puts back the files of a jail whose swap the link tells of; one that was not there goes. */
export const restoreConfiguration = (
  link: string,
  work: string,
  files: readonly string[],
): Command =>
  act(["restore_configuration", link, work, ...files], { shellFunction: restoreFunction });

const restoreFunction = shellFunction(
  "restore_configuration",
  `[ -L "$1" ] && [ -d "$2/configuration" ] || return 0
  w=$2/configuration; shift 2
  for f; do
    if [ -f "$w/\${f##*/}" ]; then put_file "$f" 0644 <"$w/\${f##*/}" || return
    else rm -f "$f" || return; fi
  done`,
  [putFileFunction],
);

/** What is told of the last upgrade of a jail. */
export interface UpgradeReport {
  readonly from: string;
  readonly to: string;
  /** Name of the tree that was kept; "" when none was. */
  readonly kept: string;
  /** Seconds from the stop to the end of the health check; undefined when the jail did not run. */
  readonly seconds: number | undefined;
  /** Paths in the jail that were changed on both sides and not merged. */
  readonly conflicts: readonly string[];
  /** How many files of the base system the owner had changed, which are the new base's now. */
  readonly replaced: number;
}

/** Writes what is told into FILE: on the host, where no jail can change it. Names stay encoded by vis(3). */
export const noteUpgrade = (work: string, file: string, words: readonly string[]): Command =>
  act(["note_upgrade", work, file, ...words], { shellFunction: noteUpgradeFunction });

const noteUpgradeFunction = shellFunction(
  "note_upgrade",
  `s=-
  [ ! -f "$1/stopped" ] || s=$(($(date +%s) - $(cat "$1/stopped")))
  c=$([ ! -f "$1/conflicts" ] || sed "s/^/conflict /" "$1/conflicts")
  r=$([ ! -f "$1/replaced" ] || wc -l <"$1/replaced")
  printf '%s\\n' "from $3" "to $4" "kept $5" "seconds $s" "replaced $((r + 0))" "$c" >"$2.new" && mv -f "$2.new" "$2"`,
);

export function parseReport({ status, stdout }: CommandResult): UpgradeReport | undefined {
  if (status !== 0) return undefined;
  const of = (word: string) =>
    stdout
      .split("\n")
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1));
  const [from, to] = [of("from")[0], of("to")[0]];
  if (from === undefined || to === undefined) return undefined;
  const seconds = of("seconds")[0] ?? "-";
  return {
    from,
    to,
    kept: of("kept")[0] ?? "",
    seconds: seconds === "-" ? undefined : Number(seconds),
    conflicts: of("conflict").map((path) => path.replace(/^\.\//, "/")),
    replaced: Number(of("replaced")[0] ?? 0),
  };
}

/** Stops a jail by its file; when that fails, without it. */
export const stopByFile = shellFunction(
  "stop_by_file",
  `is_running "$2" || return 0
  jail -f "$1" -r "$2" || ! is_running "$2" || jail -R "$2"`,
  [isRunning],
);

/** Stops a jail if it was started from a tree that the link says was swapped in. */
export const stopSwapped = (link: string, file: string, name: string): Command =>
  act(["stop_swapped", link, file, name], {
    shellFunction: stopSwappedFunction,
    detached: true,
    deadline: 600,
    title: `stop jail ${name}`,
  });

const stopSwappedFunction = shellFunction(
  "stop_swapped",
  `[ ! -L "$1" ] || stop_by_file "$2" "$3"`,
  [stopByFile],
);

/** Takes away what is mounted in a tree, when its jail does not run. */
export const sweepStopped = (name: string, path: string): Command =>
  act(["sweep_stopped", name, ...sweepMounts(path).argv.slice(1)], {
    shellFunction: sweepStoppedFunction,
  });

const sweepStoppedFunction = shellFunction(
  "sweep_stopped",
  `is_running "$1" || sweep_mounts "$2"`,
  [isRunning, sweepMountsFunction],
);

/** Starts a jail again, unless it runs. */
export const startStopped = (file: string, name: string): Command =>
  act(["start_stopped", file, name], {
    shellFunction: startStoppedFunction,
    detached: true,
    deadline: 600,
    title: `start jail ${name} again`,
  });

const startStoppedFunction = shellFunction(
  "start_stopped",
  `is_running "$2" || jail -f "$1" -c "$2"`,
  [isRunning],
);

/** Names of a jail's tree, of the one that was kept and of the one that was to be swapped in. */
export interface Swap {
  readonly path: string;
  readonly kept: string;
  readonly source: string;
}

/** Gives the kept tree its name again, as far as the swap had come. */
export const swapBack = (link: string, { path, kept, source }: Swap): Command =>
  act(["swap_back", link, path, kept, source], {
    shellFunction: swapBackFunction,
    title: `take ${path} back`,
  });

const swapBackFunction = shellFunction(
  "swap_back",
  `[ -L "$1" ] && [ -d "$3" ] || return 0
  [ ! -d "$2" ] || rename "$2" "$4" || return
  rename "$3" "$2"`,
  [renameFunction],
);

export const swapDatasetsBack = (link: string, { path, kept, source }: Swap): Command =>
  act(["swap_datasets_back", link, path, kept, source], {
    shellFunction: swapDatasetsBackFunction,
    title: `take ${path} back`,
  });

/** zfs rename, which unmounts: tried again while a process of a stopped jail still has something open. */
export const renameRetry = shellFunction(
  "rename_retry",
  `i=0
  until e=$(zfs rename "$1" "$2" 2>&1); do
    i=$((i + 1))
    case $e in *busy*) [ "$i" -lt 30 ] && sleep 1 && continue;; esac
    printf '%s\\n' "$e" >&2; return 1
  done`,
);

const swapDatasetsBackFunction = shellFunction(
  "swap_datasets_back",
  `has() { zfs list -H -o name "$1" >/dev/null 2>&1; }
  [ -L "$1" ] && has "$3" || return 0
  ! has "$2" || rename_retry "$2" "$4" || return
  rename_retry "$3" "$2"`,
  [renameRetry],
);

/** Renames a jail's dataset, trying again while it is busy. */
export const renameBusy = (from: string, to: string): Command =>
  act(["rename_retry", from, to], {
    shellFunction: renameRetry,
    deadline: 180,
    title: `rename ${from} to ${to}`,
  });

/** Removes a directory of lists. */
export const removeWork = (work: string): Command =>
  act(["remove_work", work], { shellFunction: removeWorkFunction });

const removeWorkFunction = shellFunction("remove_work", `rm -rf "$1"`);
