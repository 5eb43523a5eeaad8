import type { Dataset, Machine } from "../../contract.js";
import { createParents, mountNew } from "./creation.js";
import { addDataset, detailsOf, openDataset, snapshotsOf, volumeOf } from "./datasets.js";
import { ZfsError } from "./errors.js";
import { nameProblem, parentOf, poolOf } from "./names.js";
import { volumeFromStream } from "./receiving.js";
import { type BeginRecord, type Parsed, readRecord, readStream } from "./records.js";
import { beginningOf, resumeToken } from "./resume.js";
import { checkSettings, type Settings } from "./settings.js";
import { enforceQuotas, SpaceTable } from "./space.js";

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

function refusal(begin: BeginRecord, reason: string): ZfsError {
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
    throw refusal(
      begin,
      `destination '${existing.name}' exists\nmust specify -F to overwrite it`,
    );
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
    (one) => one.type === "snapshot" && one.guid === begin.fromguid && poolOf(one.name) === poolOf(full),
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
  if (!options.force && new SpaceTable(machine).of(existing).written > 0) {
    const reason = `destination ${name} has been modified\nsince most recent snapshot`;
    throw refusal(begin, reason);
  }
  return { ...destination, base };
}

/** Receives one stream that has arrived as far as `bytes`. Answers the snapshot that came of it. */
export function receiveStream(
  machine: Machine,
  bytes: Buffer,
  target: string,
  options: ReceiveOptions,
): { snapshot: string; next: number } {
  const begin = beginningOf(bytes);
  if (!begin) throw new ZfsError("cannot receive: invalid stream (bad magic number)");
  const destination = planReceive(machine, begin, target, options);
  if (begin.resume !== undefined) return resume(machine, bytes, destination, target, options);
  const stream = readStream(bytes, 0);
  if (!stream.complete) throw interrupted(machine, begin, destination, bytes, options);
  takeIn(machine, begin, destination, stream.records, options);
  return { snapshot: destination.snapshot, next: stream.next };
}

function resume(
  machine: Machine,
  bytes: Buffer,
  destination: Destination,
  target: string,
  options: ReceiveOptions,
): { snapshot: string; next: number } {
  const existing = openDataset(machine, destination.name);
  const details = detailsOf(existing);
  const partial = details.partial ?? Buffer.alloc(0);
  const rest = bytes.subarray(readRecord(bytes, 0)?.next ?? bytes.length);
  if (details.incomplete) machine.datasets.delete(existing.name);
  details.partial = undefined;
  const whole = Buffer.concat([partial, rest]);
  const done = receiveStream(machine, whole, target, options);
  return { ...done, next: bytes.length - (whole.length - done.next) };
}

function interrupted(
  machine: Machine,
  begin: BeginRecord,
  destination: Destination,
  bytes: Buffer,
  options: ReceiveOptions,
): ZfsError {
  if (!options.resumable) return refusal(begin, "incomplete stream");
  const holder = destination.existing ?? placeholder(machine, begin, destination);
  detailsOf(holder).partial = Buffer.from(bytes);
  return refusal(
    begin,
    "checksum mismatch or incomplete stream.\nPartially received snapshot is saved.\n" +
      "A resuming stream can be generated on the sending system by running:\n" +
      `    zfs send -t ${resumeToken(bytes) ?? ""}`,
  );
}

function placeholder(machine: Machine, begin: BeginRecord, { name }: Destination): Dataset {
  const volume = begin.type === "filesystem" ? machine.files.createVolume() : undefined;
  const dataset = addDataset(machine, { name, type: begin.type, volume });
  detailsOf(dataset).incomplete = true;
  return dataset;
}

function takeIn(
  machine: Machine,
  begin: BeginRecord,
  destination: Destination,
  records: readonly Parsed[],
  options: ReceiveOptions,
): void {
  const { name, base, existing } = destination;
  const holdsFiles = begin.type === "filesystem";
  const volume = holdsFiles ? volumeFromStream(machine, base, records) : undefined;
  if (options.naming !== undefined) createParents(machine, name);
  const origin = begin.clone ? base?.name : undefined;
  const dataset = existing ?? addDataset(machine, { name, type: begin.type, volume, origin });
  if (existing && volume) machine.files.replaceVolume(volumeOf(existing), volume);
  applyProperties(machine, dataset, begin, options);
  const snapshot = addDataset(machine, {
    name: destination.snapshot,
    type: "snapshot",
    guid: begin.guid,
    volume: volume && machine.files.copyVolume(volume),
  });
  detailsOf(snapshot).created = begin.created;
  enforceQuotas(machine);
  if (!existing && !options.unmounted) mountNew(machine, dataset);
}

function applyProperties(
  machine: Machine,
  dataset: Dataset,
  begin: BeginRecord,
  options: ReceiveOptions,
): void {
  if (begin.volsize !== undefined) dataset.properties.set("volsize", begin.volsize);
  for (const [name, value] of begin.properties ?? []) {
    if (options.excluded.has(name)) continue;
    dataset.properties.set(name, value);
    detailsOf(dataset).received.add(name);
  }
  for (const [name, value] of checkSettings(machine, dataset.type, options.settings, true)) {
    dataset.properties.set(name, value);
    detailsOf(dataset).received.delete(name);
  }
}

/** `zfs recv -A`: forgets what an interrupted receive has kept. False when there is nothing. */
export function abortReceive(machine: Machine, name: string): boolean {
  const dataset = openDataset(machine, name, ["filesystem", "volume"]);
  const details = detailsOf(dataset);
  if (!details.partial) return false;
  details.partial = undefined;
  if (details.incomplete) machine.datasets.delete(name);
  return true;
}
