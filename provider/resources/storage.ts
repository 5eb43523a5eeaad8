/**
 * The layout below `root` that all resources share: made when the first one needs it, removed with the last one
 * when it was us who made it (a link remembers what).
 */
import { act, type Command, type CommandResult, shellFunction } from "../freebsd/command.js";
import { parseStat, readLink, statPaths } from "../freebsd/files.js";
import {
  containersDirectory,
  leasesDirectory,
  marksDirectory,
  mediaDirectory,
  rcConfLock,
  type Storage,
  stateDirectory,
  templatesDirectory,
} from "../freebsd/layout.js";
import {
  type Dataset,
  ensureDataset,
  listDatasets,
  parseDatasets,
  zfsFault,
} from "../freebsd/zfs.js";
import { Refused, RefusedForNow, type Results } from "./resource.js";
import { shareAnswer } from "./shared.js";

export interface StorageObserved {
  readonly directories: ReadonlyMap<string, string>;
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** What we made, from the link; undefined before the layout was made. */
  readonly made?: string;
}

export const directoriesOf = (s: Storage): string[] => [
  s.root,
  mediaDirectory(s),
  templatesDirectory(s),
  containersDirectory(s),
  stateDirectory(s),
  marksDirectory(s),
];

const datasetsOf = (s: Storage): string[] =>
  s.dataset === undefined ? [] : [s.dataset, `${s.dataset}/templates`, `${s.dataset}/containers`];

export const madeLink = (s: Storage): string => `${stateDirectory(s)}/made`;

export function observeStorage(s: Storage): Record<string, Command> {
  return {
    // The layout is the same question for every resource of a host.
    directories: shareAnswer(statPaths(directoriesOf(s))),
    made: readLink(madeLink(s)),
    ...observeDatasets(s),
  };
}

/** The part of `observeStorage` that ZFS answers. */
export const observeDatasets = (s: Storage): Record<string, Command> =>
  s.dataset === undefined ? {} : { layoutDatasets: shareAnswer(listDatasets(datasetsOf(s))) };

export const parseStorage = (s: Storage, results: Results): StorageObserved =>
  storageOf(s, results, {
    directories: parseStat(results.directories!),
    made: results.made?.stdout.trim(),
  });

/** The same where directories and link were asked for together with others. */
export function storageOf(
  s: Storage,
  results: Results,
  { directories, made }: { directories: ReadonlyMap<string, string>; made: string | undefined },
): StorageObserved {
  const zfs = results.layoutDatasets;
  if (zfs !== undefined) refuseWithoutZfs(s, zfs);
  const datasets = zfs === undefined ? new Map<string, Dataset>() : parseDatasets(zfs);
  refuseUnmounted(s, datasets);
  return {
    directories,
    datasets,
    ...(made?.startsWith("made:") ? { made } : {}),
  };
}

/** Makes what is missing of the layout. */
export function planStorage(s: Storage, observed: StorageObserved): Command[] {
  refuseWrongDataset(s, observed);
  const missing = directoriesOf(s).filter((path) => !observed.directories.has(path));
  const missingDatasets = datasetsOf(s).filter((name) => !observed.datasets.has(name));
  const commands = missingDatasets.map((name) =>
    ensureDataset(name, name === s.dataset ? [`mountpoint=${s.root}`] : []),
  );
  const plain = missing.filter((path) => !isDataset(s, path));
  if (plain.length > 0) commands.push(act(["mkdir", "-p", ...plain]));
  if (observed.made === undefined) {
    const made = isHalfMade(s, observed) ? directoriesOf(s) : missing;
    commands.push(rememberMade(s, made, missingDatasets));
  }
  return commands;
}

/** A run died between making the directories and remembering them: nobody else makes that one. */
const isHalfMade = (s: Storage, { directories }: StorageObserved): boolean =>
  directories.has(stateDirectory(s));

function isDataset(s: Storage, path: string): boolean {
  return (
    s.dataset !== undefined &&
    [s.root, templatesDirectory(s), containersDirectory(s)].includes(path)
  );
}

function rememberMade(s: Storage, directories: string[], datasets: string[]): Command {
  const state = [stateDirectory(s), marksDirectory(s)];
  const words = directories.filter((path) => !state.includes(path));
  const mountpoint = (name: string) => s.root + name.slice(s.dataset?.length);
  const volumes = datasets.map((name) => `${name}|${mountpoint(name)}`);
  return act(["remember", `made:${[...words, ...volumes].join(",")}`, madeLink(s)], {
    shellFunction: remember,
  });
}

// Two resources that make the layout at once: the first link stands, both say the same.
const remember = shellFunction("remember", `ln -sh "$1" "$2" 2>/dev/null || [ -L "$2" ]`);

function refuseWrongDataset(s: Storage, observed: StorageObserved): void {
  const dataset = s.dataset === undefined ? undefined : observed.datasets.get(s.dataset);
  if (dataset !== undefined && dataset.mountpoint !== s.root) {
    throw new Refused(
      `dataset ${dataset.name} is mounted at ${dataset.mountpoint}, but the host's root is ${s.root}. ` +
        `Set root: "${dataset.mountpoint}", or another dataset.`,
    );
  }
  refuseHiding(s, observed);
}

/** Where ZFS does not answer, nothing is known of what lies on it: that must not look like nothing being there. */
function refuseWithoutZfs(s: Storage, result: CommandResult): void {
  const fault = zfsFault(result);
  if (fault === undefined) return;
  throw new Refused(
    `dataset ${s.dataset} is asked for, but ZFS does not answer on the host (${fault}). ` +
      "Load it (kldload zfs, zfs_enable=YES), or leave out `dataset` to use plain directories.",
  );
}

/** While a dataset is not mounted, nothing on it can be seen: that must not look like nothing being there. */
function refuseUnmounted(s: Storage, datasets: ReadonlyMap<string, Dataset>): void {
  const away = datasetsOf(s).find((name) => datasets.get(name)?.mounted === false);
  if (away === undefined) return;
  // zfs create makes a dataset before it mounts it.
  throw new RefusedForNow(`dataset ${away} is not mounted. Mount it first: zfs mount ${away}`);
}

/** What lies in a directory cannot be seen, and is not where it belongs, when a dataset is mounted over it. */
function refuseHiding(s: Storage, { directories, datasets }: StorageObserved): void {
  const [, ...inside] = directoriesOf(s);
  const there = inside.find((path) => directories.has(path));
  if (s.dataset !== undefined && !datasets.has(s.dataset) && there !== undefined) {
    throw new Refused(
      `dataset ${s.dataset} does not exist, but ${there} does: a new dataset at ${s.root} would hide it. ` +
        "Leave out `dataset`, or create the dataset yourself and move things into it.",
    );
  }
}

/**
 * The `tidy` of a plan: removes what is empty of the layout, and the layout itself when it was made by us and nothing
 * is left in it. The link that remembers goes when only the root is left to remove: a run that was cut after that is
 * known by the empty state directory, which nobody else makes.
 */
export function planTidy(
  s: Storage,
  { made, directories }: StorageObserved,
  more: readonly string[] = [],
): Command[] {
  if (made === undefined && !directories.has(stateDirectory(s))) return [];
  const words = made?.slice("made:".length).split(",").filter(Boolean) ?? [s.root];
  const pathOf = (word: string) => word.slice(word.indexOf("|") + 1);
  // Children before parents, and a dataset before the directory that it is mounted at.
  const items = words.sort(
    (a, b) =>
      pathOf(b).length - pathOf(a).length || Number(a === pathOf(a)) - Number(b === pathOf(b)),
  );
  const inside = items.filter((word) => pathOf(word) !== s.root);
  const outside = items.filter((word) => pathOf(word) === s.root);
  const empty = [...more, leasesDirectory(s), marksDirectory(s)];
  const argv = [stateDirectory(s), rcConfLock, ...empty, "--", ...inside, "--", ...outside];
  return [act(["tidy", ...argv], { shellFunction: tidy })];
}

const dropPlace = shellFunction(
  "drop_place",
  `case $1 in
  /*) rmdir "$1" 2>/dev/null;;
  *) d=\${1%%|*}
    # Where it is not mounted, an empty directory says nothing of what is in it.
    [ "$(zfs list -H -o mounted "$d" 2>/dev/null)" = yes ] || return 0
    [ -n "$(ls -A "\${1#*|}" 2>/dev/null)" ] || zfs destroy "$d" 2>/dev/null;;
  esac
  return 0`,
);

const tidy = shellFunction(
  "tidy",
  `s=$1 l=$2; shift 2
  while [ "$1" != -- ]; do rmdir "$1" 2>/dev/null; shift; done; shift
  case $(ls -A "$s" 2>/dev/null | tr '\\n' ' ') in ''|'made ') ;; 'made made.rc '|'made.rc ') r=$(readlink "$s/made.rc");; *) return 0;; esac
  case \${r-} in *jail_enable*) [ -n "$(sysrc -n jail_list 2>/dev/null)" ] || lockf -k -t 60 "$l" sysrc -x jail_enable;; esac
  case \${r-} in *jail_list*) [ -n "$(sysrc -n jail_list 2>/dev/null)" ] || lockf -k -t 60 "$l" sysrc -x jail_list;; esac
  while [ "$1" != -- ]; do drop_place "$1"; shift; done; shift
  rm -f "$s/made.rc" "$s/made"
  case " $* " in
  *" \${s%/*} "*) (cd "\${s%/*/*}/" && r=\${s%/*} && rmdir -p "\${r##*/}/\${s##*/}" 2>/dev/null);;
  *) rmdir "$s" 2>/dev/null;;
  esac
  for p in "$@"; do drop_place "$p"; done
  return 0`,
  [dropPlace],
);
