import type { Dataset, Process } from "../../contract.js";
import { childrenOf, detailsOf, openDataset, snapshotsOf } from "../../kernel/zfs/datasets.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { argumentOf, has, type Options } from "../system/options.js";
import { usageError } from "./usage.js";

type Kind = Dataset["type"];

const ALL_KINDS: readonly Kind[] = ["filesystem", "volume", "snapshot"];

/** Which datasets a subcommand is about. */
export interface Selection {
  names: readonly string[];
  kinds: ReadonlySet<Kind>;
  recursive: boolean;
  /** How deep; undefined without end. */
  depth?: number;
  /** Snapshots are left out of what is found below, though their kind is asked for. */
  hideSnapshots: boolean;
}

const KINDS_BY_NAME: Record<string, readonly Kind[]> = {
  filesystem: ["filesystem"],
  fs: ["filesystem"],
  volume: ["volume"],
  vol: ["volume"],
  snapshot: ["snapshot"],
  snap: ["snapshot"],
  bookmark: [],
  all: ALL_KINDS,
};

/** Reads -r, -d and -t as list and get take them. */
export function readSelection(
  process: Process,
  command: string,
  options: Options,
  names: readonly string[],
): Selection {
  const usage = (reason: string) => usageError(process.machine.release, command, reason);
  const types = argumentOf(options, "t");
  const kinds = new Set<Kind>(types === undefined ? ALL_KINDS : []);
  for (const type of types?.split(",") ?? []) {
    const known = KINDS_BY_NAME[type];
    if (!known) throw usage(`invalid type '${type}'`);
    for (const kind of known) kinds.add(kind);
  }
  const depth = argumentOf(options, "d");
  if (depth !== undefined && !/^\d+$/.test(depth)) throw usage(`${depth} is not an integer`);
  const onlySnapshots = types !== undefined && kinds.size === 1 && kinds.has("snapshot");
  const selection: Selection = {
    names,
    kinds,
    recursive: has(options, "r") || depth !== undefined || names.length === 0,
    depth: depth === undefined ? undefined : Number(depth),
    hideSnapshots: command === "list" && types === undefined,
  };
  // Snapshots of a dataset that is named are asked for without -r, too.
  if (!onlySnapshots || selection.recursive) return selection;
  return { ...selection, recursive: true, depth: 1 };
}

/** The datasets of a selection, by name. What cannot be opened is reported and makes the status 1. */
export function selectDatasets(
  process: Process,
  selection: Selection,
): { datasets: Dataset[]; status: number } {
  const { machine } = process;
  // A jail sees no dataset that was not given to it, and this host gives none.
  if (process.jid !== 0 && selection.names.length === 0) return { datasets: [], status: 0 };
  const pools = [...machine.pools.keys()];
  const found = new Set<Dataset>();
  let status = 0;
  for (const name of selection.names.length > 0 ? selection.names : pools) {
    try {
      for (const one of expand(process, openNamed(process, name, selection), selection, 0)) {
        found.add(one);
      }
    } catch (error) {
      if (!(error instanceof ZfsError)) throw error;
      process.stderr.write(`${error.message}\n`);
      status = 1;
    }
  }
  return { datasets: [...found].sort(compareByName), status };
}

/** A dataset by name, or by a path below its mount point. */
function openNamed(process: Process, name: string, selection: Selection): Dataset {
  const { machine } = process;
  const kinds = selection.recursive ? ALL_KINDS : [...selection.kinds];
  if (!/^\.?\//.test(name)) {
    if (process.jid !== 0) throw new ZfsError(`cannot open '${name}': dataset does not exist`);
    return openDataset(machine, name, kinds);
  }
  if (!machine.files.exists(process, name)) {
    throw new ZfsError(`cannot open '${name}': No such file or directory`);
  }
  const path = machine.files.hostPath(process, name);
  const within = (on: string) => on === "/" || path === on || path.startsWith(`${on}/`);
  const mount = machine.files.mounts
    .filter((one) => within(one.on))
    .reduce((best, one) => (one.on.length >= best.on.length ? one : best));
  if (mount.type !== "zfs") throw new ZfsError(`cannot open '${name}': not a ZFS filesystem`);
  return openDataset(machine, mount.from, kinds);
}

function expand(process: Process, at: Dataset, selection: Selection, depth: number): Dataset[] {
  const { machine } = process;
  const own = selection.kinds.has(at.type) ? [at] : [];
  const deeper = selection.depth === undefined || depth < selection.depth;
  if (!selection.recursive || !deeper || at.type === "snapshot") return own;
  const withSnapshots = selection.kinds.has("snapshot") && !selection.hideSnapshots;
  const snapshots = withSnapshots ? snapshotsOf(machine, at) : [];
  const below = childrenOf(machine, at).flatMap((one) =>
    expand(process, one, selection, depth + 1),
  );
  return [...own, ...snapshots, ...below];
}

function compareByName(a: Dataset, b: Dataset): number {
  const [left = "", leftSnapshot] = a.name.split("@");
  const [right = "", rightSnapshot] = b.name.split("@");
  if (left !== right) return left < right ? -1 : 1;
  if (leftSnapshot === undefined || rightSnapshot === undefined) {
    return leftSnapshot === undefined ? -1 : 1;
  }
  return detailsOf(a).txg - detailsOf(b).txg;
}
