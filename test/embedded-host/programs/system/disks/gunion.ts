import type { Process } from "../../../contract.js";
import {
  addDerived,
  derivedDevices,
  diskName,
  findDisk,
  isDiskMounted,
  type MemoryDisk,
  removeDerived,
  writeImage,
} from "../../../kernel/devices.js";
import { argumentOf, describeProblem, readOptions } from "../options.js";

type Union = MemoryDisk & { union: NonNullable<MemoryDisk["union"]> };

/** gunion(8): create, destroy, commit, revert and list. What was written is forgotten with the union, as there. */
export function gunion(process: Process): number {
  const [verb = "", ...rest] = process.argv.slice(1);
  const options = readOptions(rest, "afo:s:S:vZ:");
  if (options.problem) {
    process.stderr.write(describeProblem("gunion", options.problem));
    return 1;
  }
  if (!process.machine.modules.has("geom_union")) {
    return fail(process, "Class 'UNION' not found.");
  }
  const names = options.operands.map((name) => name.replace(/^\/dev\//, ""));
  if (verb === "list") return list(process, names);
  if (verb === "create") return create(process, names, argumentOf(options, "Z"));
  const action = { destroy, commit, revert }[verb];
  if (!action) return fail(process, `Unknown command: ${verb}.`);
  for (const name of names) {
    const found = derivedDevices(process.machine).get(name);
    if (!found?.union) return fail(process, `Cannot find device ${name}.`);
    const status = action(process, found as Union);
    if (status !== 0) return status;
  }
  return 0;
}

function fail(process: Process, reason: string): number {
  process.stderr.write(`gunion: ${reason}\n`);
  return 1;
}

function create(process: Process, names: readonly string[], called: string | undefined): number {
  const { machine } = process;
  if (names.length !== 2) return fail(process, "Two device arguments must be provided.");
  const [upper, lower] = names.map((name) => findDisk(machine, name));
  if (!upper || !lower) return fail(process, `Provider ${names[upper ? 1 : 0]} not found.`);
  if (upper.size < lower.size) return fail(process, "Upper file is too small.");
  const device = `${called ?? names.join("-")}.union`;
  if (derivedDevices(machine).has(device))
    return fail(process, `Provider ${device} already exists.`);
  addDerived(machine, {
    ...{ unit: -1, type: "null", device, size: lower.size, readonly: false, layout: lower.layout },
    volume: lower.volume && machine.files.copyVolume(lower.volume),
    union: { upper, lower },
  });
  return 0;
}

function destroy(process: Process, disk: Union): number {
  if (isDiskMounted(process.machine, disk)) {
    return fail(process, `Cannot destroy device ${diskName(disk)} (error=16).`);
  }
  removeDerived(process.machine, disk);
  return 0;
}

/** What was written goes to the lower disk. */
function commit(process: Process, disk: Union): number {
  const { machine } = process;
  const { lower } = disk.union;
  if (!disk.volume || isDiskMounted(machine, disk)) return fail(process, "Device busy.");
  if (lower.volume) machine.files.replaceVolume(lower.volume, disk.volume);
  else lower.volume = machine.files.copyVolume(disk.volume);
  lower.layout = disk.layout;
  writeImage(machine, lower);
  return 0;
}

/** What was written is forgotten. */
function revert(process: Process, disk: Union): number {
  const { machine } = process;
  if (isDiskMounted(machine, disk)) return fail(process, "Device busy.");
  const { lower } = disk.union;
  disk.volume = lower.volume && machine.files.copyVolume(lower.volume);
  return 0;
}

function list(process: Process, names: readonly string[]): number {
  for (const [name, { union, size }] of derivedDevices(process.machine)) {
    if (!union || (names.length > 0 && !names.includes(name))) continue;
    const consumers = [union.upper, union.lower].map(
      (disk, index) => `${index + 1}. Name: ${diskName(disk)}\n   Mediasize: ${disk.size}\n`,
    );
    process.stdout.write(
      `Geom name: ${name}\nProviders:\n1. Name: ${name}\n   Mediasize: ${size}\n` +
        `Consumers:\n${consumers.join("")}\n`,
    );
  }
  return 0;
}
