/** What is asked of a host about a template, whatever it is made from, and the picture that the answers give. */
import type { Command } from "../freebsd/command.js";
import { listLinks, parseLinks, parseStat, readLink, statPaths } from "../freebsd/files.js";
import { templatesDirectory } from "../freebsd/layout.js";
import { type MountEntry, mountsBelow, parseMounts } from "../freebsd/mount.js";
import { type FactResults, type HostFacts, parseFacts } from "../freebsd/sysctl.js";
import {
  type Dataset,
  listDatasets,
  listSnapshots,
  parseDatasets,
  parseSnapshots,
} from "../freebsd/zfs.js";
import type { Results } from "./resource.js";
import { observeStorage, parseStorage, type StorageObserved } from "./storage.js";
import {
  baseSnapshot,
  builtLink,
  type Template,
  templatePlace,
  userLink,
  usersOf,
} from "./template.js";

export interface TemplateObserved {
  /** Ready, and this stack is one of its users. */
  readonly present: boolean;
  readonly facts: HostFacts | undefined;
  readonly storage: StorageObserved;
  readonly paths: ReadonlyMap<string, string>;
  readonly datasets: ReadonlyMap<string, Dataset>;
  /** Snapshots of the template and their clones. */
  readonly snapshots: ReadonlyMap<string, readonly string[]>;
  /** That we built, or are building, what has the template's name. */
  readonly built: boolean;
  /** Users of the template: link to mark. */
  readonly users: ReadonlyMap<string, string>;
  readonly mounts: readonly MountEntry[];
  /** Null mounts of the template elsewhere: the read-only trees of thin jails. */
  readonly shown: readonly MountEntry[];
}

export function observeTemplate(t: Template): Record<string, Command> {
  const { path, partial, deleted, dataset, partialDataset } = templatePlace(t);
  const templates = templatesDirectory(t.storage);
  const zfs: Record<string, Command> =
    dataset === undefined || partialDataset === undefined
      ? {}
      : {
          datasets: listDatasets([dataset, partialDataset], [`${t.storage.dataset}/templates`]),
          snapshots: listSnapshots(dataset),
        };
  return {
    ...observeStorage(t.storage),
    paths: statPaths([path, partial, deleted], [templates]),
    built: readLink(builtLink(t)),
    users: listLinks(usersOf(t)),
    mounts: mountsBelow(path),
    ...zfs,
  };
}

export function parseTemplate(t: Template, results: Results): TemplateObserved {
  const none = { status: 1, stdout: "", stderr: "" };
  const { path } = templatePlace(t);
  const observed = {
    facts: parseFacts(results as FactResults),
    storage: parseStorage(t.storage, results),
    paths: parseStat(results.paths!),
    datasets: parseDatasets(results.datasets ?? none),
    snapshots: parseSnapshots(results.snapshots ?? none),
    built: results.built!.status === 0,
    users: parseLinks(results.users!),
    mounts: parseMounts(results.mounts!, path).filter(({ type }) => type !== "zfs"),
    shown: parseMounts(results.mounts!, "").filter(({ from }) => `${from}/`.startsWith(`${path}/`)),
  };
  return { ...observed, present: isReady(t, observed) && observed.users.has(userLink(t)) };
}

/** Built, complete, and with the snapshot that clones need. */
export function isReady(t: Template, observed: Omit<TemplateObserved, "present">): boolean {
  const { path, dataset } = templatePlace(t);
  const complete = observed.paths.get(path) === "Directory" && observed.built;
  return complete && (dataset === undefined || observed.snapshots.has(baseSnapshot(dataset)));
}
