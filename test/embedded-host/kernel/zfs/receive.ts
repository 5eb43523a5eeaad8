import type { Dataset, Machine } from "../../contract.js";
import { createParents, mountNew } from "./creation.js";
import { addDataset, detailsOf, openDataset, volumeOf } from "./datasets.js";
import { ZfsError } from "./errors.js";
import { type Destination, planReceive, type ReceiveOptions, refusal } from "./receive-plan.js";
import { volumeFromStream } from "./receiving.js";
import { type BeginRecord, type Parsed, readRecord, readStream } from "./records.js";
import { beginningOf, resumeToken } from "./resume.js";
import { checkSettings } from "./settings.js";
import { enforceQuotas } from "./space.js";

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
