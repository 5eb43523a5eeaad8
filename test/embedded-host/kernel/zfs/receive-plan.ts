import type { Dataset, Machine } from "../../contract.js";
import { detailsOf, snapshotsOf } from "./datasets.js";
import { ZfsError } from "./errors.js";
import { nameProblem, parentOf, poolOf } from "./names.js";
import type { BeginRecord } from "./records.js";
import { beginningOf } from "./resume.js";
import type { Settings } from "./settings.js";
import { inodesOf, isSame } from "./trees.js";

export interface ReceiveOptions {
  /** -F */
  force: boolean;
  /** -s */
  resumable: boolean;
  /** -u */
  unmounted: boolean;
  /** -d keeps all of the sent name but the pool, -e its last part. */
  naming?: "d" | "e";
  /** -o */
  settings: Settings;
  /** -x */
  excluded: ReadonlySet<string>;
}

/** Where a stream goes. */
export interface Destination {
  name: string;
  snapshot: string;
  existing?: Dataset;
  /** The snapshot that the stream continues from, or that the new file system is a clone of. */
  base?: Dataset;
}

function wantsNew(begin: BeginRecord): boolean {
  return begin.fromguid === undefined || begin.clone === true;
}

/** What `zfs receive` says to a stream that it does not take. */
export function refusal(begin: BeginRecord, reason: string): ZfsError {
  const kind = wantsNew(begin) ? "new filesystem" : "incremental";
  return new ZfsError(`cannot receive ${begin.resume ? "resume" : kind} stream: ${reason}`);
}

/** The name that a stream gets below the given one. */
function destinationName(begin: BeginRecord, target: string, naming?: "d" | "e"): string {
  const [sent = "", snapshot = ""] = begin.toname.split("@");
  if (naming === undefined) return target.includes("@") ? target : `${target}@${snapshot}`;
  const parts = sent.split("/");
  const kept = naming === "d" ? parts.slice(1) : parts.slice(-1);
  return `${[target, ...kept].join("/")}@${snapshot}`;
}

/** Decides where a stream goes, by its first record. Throws what zfs(8) refuses it with. */
export function planReceive(
  machine: Machine,
  begin: BeginRecord,
  target: string,
  options: ReceiveOptions,
): Destination {
  const full = destinationName(begin, target, options.naming);
  const problem = nameProblem(full, "snapshot");
  if (problem !== undefined) throw refusal(begin, problem);
  const name = parentOf(full) ?? "";
  const existing = machine.datasets.get(name);
  const destination = { name, snapshot: full, existing };
  if (begin.resume !== undefined) return planResumption(begin, destination);
  if (existing && detailsOf(existing).partial) {
    const state = `destination ${name} contains\npartially-complete state from "zfs receive -s".`;
    throw refusal(begin, state);
  }
  if (!wantsNew(begin)) return planIncrement(machine, begin, destination, options);
  if (existing) checkOverwrite(machine, begin, existing, options);
  else checkParent(machine, begin, name, options);
  return { ...destination, base: begin.clone ? findOrigin(machine, begin, full) : undefined };
}

function planResumption(begin: BeginRecord, destination: Destination): Destination {
  const { existing, name } = destination;
  if (!existing) throw refusal(begin, `destination '${name}' does not exist`);
  const partial = detailsOf(existing).partial;
  const same = partial && beginningOf(partial)?.guid === begin.guid;
  if (!same || partial.length !== begin.resume) throw refusal(begin, "invalid backup stream");
  return destination;
}

function checkOverwrite(
  machine: Machine,
  begin: BeginRecord,
  existing: Dataset,
  options: ReceiveOptions,
): void {
  if (!options.force) {
    throw refusal(begin, `destination '${existing.name}' exists\nmust specify -F to overwrite it`);
  }
  const [first] = snapshotsOf(machine, existing);
  if (first) {
    const reason = `destination has snapshots (eg. ${first.name})\nmust destroy them to overwrite it`;
    throw refusal(begin, reason);
  }
}

function checkParent(
  machine: Machine,
  begin: BeginRecord,
  name: string,
  options: ReceiveOptions,
): void {
  const parent = parentOf(name);
  if (parent === undefined) throw refusal(begin, `destination '${name}' does not exist`);
  if (machine.datasets.has(parent)) return;
  if (options.naming !== undefined && machine.pools.has(poolOf(name))) return;
  const failed = refusal(begin, "unable to restore to destination");
  throw new ZfsError(`cannot open '${parent}': dataset does not exist\n${failed.message}`);
}

function findOrigin(machine: Machine, begin: BeginRecord, full: string): Dataset {
  const origin = [...machine.datasets.values()].find(
    (one) =>
      one.type === "snapshot" && one.guid === begin.fromguid && poolOf(one.name) === poolOf(full),
  );
  if (origin) return origin;
  throw new ZfsError(`cannot receive: local origin for clone ${full} does not exist`);
}

function planIncrement(
  machine: Machine,
  begin: BeginRecord,
  destination: Destination,
  options: ReceiveOptions,
): Destination {
  const { existing, name, snapshot } = destination;
  if (!existing) throw refusal(begin, `destination '${name}' does not exist`);
  const base = snapshotsOf(machine, existing).at(-1);
  if (!base || base.guid !== begin.fromguid) {
    const reason = `most recent snapshot of ${name} does not\nmatch incremental source`;
    throw refusal(begin, reason);
  }
  if (machine.datasets.has(snapshot)) {
    throw new ZfsError(`cannot restore to ${snapshot}: destination already exists`);
  }
  if (!options.force && !isSame(inodesOf(existing), inodesOf(base))) {
    const reason = `destination ${name} has been modified\nsince most recent snapshot`;
    throw refusal(begin, reason);
  }
  return { ...destination, base };
}
