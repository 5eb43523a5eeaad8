/** What is asked of a host about a jail package, and the picture that the answers give. */
import type { Command } from "../freebsd/command.js";
import { parseStat, readLink, statPaths } from "../freebsd/files.js";
import { place } from "../freebsd/layout.js";
import { type Collected, parseChanges, readChanges } from "../freebsd/package-changes.js";
import { parseSum, readSum } from "../freebsd/package-inspect.js";
import { parseUserland, readUserland, type Userland } from "../freebsd/release.js";
import { type FactResults, type HostFacts, parseFacts } from "../freebsd/sysctl.js";
import { isOurs } from "./ownership.js";
import { directoryOf, fileOf, markLink, type PackageTarget, workOf } from "./package-place.js";
import type { PackageInputs } from "./package-schema.js";
import type { Results } from "./resource.js";
import { observeStorage, parseStorage, type StorageObserved } from "./storage.js";

export interface PackageObserved {
  readonly facts: HostFacts | undefined;
  readonly storage: StorageObserved;
  readonly mark: string | undefined;
  /** Whether the package is there. */
  readonly file: boolean;
  /** What is there of the package, its directory, the base, the jail and the working directory. */
  readonly paths: ReadonlyMap<string, string>;
  readonly sha256: string | undefined;
  readonly userland: Userland | undefined;
  /** What was compared and copied, when that came to its end. */
  readonly collected: Collected | undefined;
}

export const baseOf = ({ jail, build }: PackageInputs) => (jail ?? build)!.base;

/** Where the base's userland lies: a split one has it in a part. */
const userlandOf = (inputs: PackageInputs): string =>
  baseOf(inputs).path + (inputs.jail?.type === "thin" ? "/root" : "");

export const jailTree = ({ inputs, storage }: PackageTarget): string =>
  place(storage, "containers", inputs.jail!.name).path;

export function observePackage(t: PackageTarget): Record<string, Command> {
  const { inputs, storage } = t;
  const file = fileOf(inputs, storage);
  const tree = inputs.jail === undefined ? [] : [jailTree(t)];
  return {
    ...observeStorage(storage),
    mark: readLink(markLink(t)),
    paths: statPaths([file, directoryOf(inputs, storage), baseOf(inputs).path, workOf(t), ...tree]),
    sum: readSum(file),
    userland: readUserland(userlandOf(inputs)),
    collected: readChanges(workOf(t)),
  };
}

export function parsePackage(t: PackageTarget, results: Results): PackageObserved {
  const paths = parseStat(results.paths!);
  return {
    facts: parseFacts(results as FactResults),
    storage: parseStorage(t.storage, results),
    file: paths.has(fileOf(t.inputs, t.storage)),
    mark: results.mark!.status === 0 ? results.mark!.stdout.trim() : undefined,
    paths,
    sha256: parseSum(results.sum!),
    userland: parseUserland(results.userland!),
    collected: parseChanges(results.collected!),
  };
}

export const isReady = (t: PackageTarget, { mark, file, sha256 }: PackageObserved): boolean =>
  mark !== undefined && isOurs(mark, t) && file && sha256 !== undefined;
