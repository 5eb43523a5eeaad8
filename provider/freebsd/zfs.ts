/** zfs(8): datasets by exact name, never the snapshots of a pool (which may be tens of thousands). */
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { faultOf, joinLines, linesOfPresent, toMap } from "./lines.js";
import { markProperty } from "./mark.js";

export interface Dataset {
  readonly name: string;
  readonly mountpoint: string;
  readonly mounted: boolean;
  /** Snapshot that it is a clone of. */
  readonly origin?: string;
  readonly mark?: string;
}

const columns = `name,mountpoint,mounted,origin,${markProperty}`;

/** Datasets by name; those that do not exist are only named on stderr. Wide: all children of `parents`. */
export function listDatasets(names: readonly string[], parents: readonly string[] = []): Command {
  const narrow = look(["zfs", "list", "-Hp", "-o", columns, "-d", "0", ...names]);
  if (parents.length === 0) return narrow;
  const command = look(["zfs", "list", "-Hp", "-o", columns, "-d", "1", ...parents]);
  const wanted = new Set(names);
  const pick = (result: CommandResult): CommandResult => {
    const lines = result.stdout.split("\n").filter((line) => wanted.has(line.split("\t")[0] ?? ""));
    return { ...result, stdout: joinLines(lines) };
  };
  return { ...narrow, wide: { command, pick } };
}

const absent = /: dataset does not exist$/;

/** Why `zfs list` failed, when it was not only for datasets that do not exist. */
export const zfsFault = (result: CommandResult): string | undefined => faultOf(result, absent);

export const parseDatasets = (result: CommandResult): Map<string, Dataset> =>
  toMap("zfs list", linesOfPresent("zfs list", result, absent), parseDatasetLine);

/** A volume has "-" for both mountpoint and mounted. */
function parseDatasetLine(line: string): [string, Dataset] | undefined {
  const match =
    /^([^\t@]+)\t(\/[^\t]*|none|legacy|-)\t(yes|no|-)\t(-|[^\t@]+@[^\t@]+)\t([^\t]+)$/.exec(line);
  if (match === null) return undefined;
  const [, name, mountpoint, mounted, origin, mark] = match as unknown as [string, ...string[]];
  const dataset = {
    name: name!,
    mountpoint: mountpoint!,
    mounted: mounted === "yes",
    ...(origin === "-" ? {} : { origin: origin! }),
    ...(mark === "-" ? {} : { mark: mark! }),
  };
  return [dataset.name, dataset];
}

/** A dataset and those right below it, mounted or not. */
export const listTree = (dataset: string): Command =>
  look(["zfs", "list", "-H", "-t", "filesystem,volume", "-o", "name", "-d", "1", dataset]);

/** The names below the dataset; none when it is not there. */
export const parseBelow = (result: CommandResult): string[] =>
  linesOfPresent("zfs list", result, absent).slice(1);

/** Snapshots of one dataset and the clones made of them. */
export const listSnapshots = (dataset: string): Command =>
  look(["zfs", "list", "-H", "-t", "snapshot", "-o", "name,clones", "-d", "1", dataset]);

/** Snapshot to its clones: "a,b", or "-" when there is none. */
export const parseSnapshots = (result: CommandResult): Map<string, string[]> =>
  toMap("zfs list", linesOfPresent("zfs list", result, absent), (line) => {
    const match = /^([^\t@]+@[^\t@]+)\t([^\t@]*)$/.exec(line);
    if (match === null) return undefined;
    return [match[1]!, match[2]!.split(",").filter((clone) => clone !== "" && clone !== "-")];
  });

/** What zfs destroy of one dataset would do. */
export const previewDestroy = (name: string): Command =>
  look(["zfs", "destroy", "-nvp", name], { unguarded: true });

/** Names that would be destroyed; when it cannot be destroyed alone, those that stand in the way. */
export function parseDestruction({ status, stdout, stderr }: CommandResult): string[] {
  if (status === 0) return [...stdout.matchAll(/^destroy\t(.+)$/gm)].map(([, name = ""]) => name);
  const [, list = ""] = stderr.split(/^use '-[rR]' to destroy the following datasets:\n/m);
  return list.split("\n").filter((name) => name !== "");
}

export const createDataset = (name: string, properties: readonly string[] = []): Command =>
  act(["zfs", "create", ...properties.flatMap((p) => ["-o", p]), name]);
/** As `createDataset`, when others may make the same one at once: theirs will do as soon as it is mounted. */
export const ensureDataset = (name: string, properties: readonly string[] = []): Command =>
  act(["ensure_dataset", name, ...properties.flatMap((p) => ["-o", p])], {
    shellFunction: ensureDatasetFunction,
    title: `create ${name}`,
  });
export const markDataset = (name: string, mark: string): Command =>
  act(["zfs", "set", `${markProperty}=${mark}`, name]);
export const snapshot = (name: string): Command => act(["zfs", "snapshot", name]);
export const cloneSnapshot = (from: string, to: string, mark: string): Command =>
  act(["zfs", "clone", "-o", `${markProperty}=${mark}`, from, to]);
export const renameDataset = (from: string, to: string): Command =>
  act(["zfs", "rename", from, to]);

/**
 * Destroys one dataset, trying again while it is busy (a process of a stopped jail, a dying vnode); one that is
 * gone is what was wanted. Without -r and -R: what is not named here survives.
 */
export const destroyDataset = (name: string): Command =>
  act(["destroy_retry", name], {
    shellFunction: destroyRetry,
    deadline: 180,
    title: `destroy ${name}`,
  });

export const destroyRetry = shellFunction(
  "destroy_retry",
  `i=0
  until e=$(zfs destroy "$1" 2>&1); do
    case $e in
    *"dataset does not exist"*|*"could not find any snapshots"*) return 0;;
    *busy*) i=$((i + 1)); [ "$i" -lt 30 ] || { printf '%s\\n' "$e" >&2; return 1; }; sleep 1;;
    *) printf '%s\\n' "$e" >&2; return 1;;
    esac
  done`,
);

const ensureDatasetFunction = shellFunction(
  "ensure_dataset",
  `n=$1 i=0; shift
  e=$(zfs create "$@" "$n" 2>&1) && return 0
  case $e in *"dataset already exists"*) ;; *) printf '%s\\n' "$e" >&2; return 1;; esac
  until [ "$(zfs list -H -o mounted "$n")" = yes ]; do
    i=$((i + 1)); [ "$i" -lt 10 ] || { echo "$n exists, but is not mounted" >&2; return 1; }
    sleep 1
  done`,
);
