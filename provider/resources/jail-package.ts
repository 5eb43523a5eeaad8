/** JailPackage: what a jail has beyond its base, as a file that is put into other jails. Immutable. */
import type { Command } from "../freebsd/command.js";
import {
  makePrivateDirectory,
  putFile,
  removeEmpty,
  removeFile,
  replaceLink,
} from "../freebsd/files.js";
import { packagesDirectory } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import {
  type Changes,
  type Collected,
  collectChanges,
  packChanges,
} from "../freebsd/package-changes.js";
import { formatManifest, levelOf, manifestName } from "../freebsd/package-manifest.js";
import { recordedPath } from "./jail-record.js";
import { isOurs } from "./ownership.js";
import { cleanUp, planScratch, scratchTree } from "./package-build.js";
import {
  baseOf,
  isReady,
  jailTree,
  observePackage,
  type PackageObserved,
  parsePackage,
} from "./package-picture.js";
import {
  fileOf,
  locksOf,
  markLink,
  type PackageTarget,
  scratchName,
  workOf,
} from "./package-place.js";
import { refuseChanges, refusePackage } from "./package-refusals.js";
import { type PackageInputs, packageSchema } from "./package-schema.js";
import type { Definition, Plan } from "./resource.js";
import { planStorage, planTidy } from "./storage.js";
import { skeletonMount } from "./thin.js";

function plan(t: PackageTarget, observed: PackageObserved): Plan {
  const locks = locksOf(t);
  refusePackage(t, observed);
  const mark = formatMark(t.mark);
  const remark = observed.mark === mark ? [] : [replaceLink(mark, markLink(t))];
  const left = observed.paths.has(workOf(t));
  if (isReady(t, observed)) return { locks, commands: [...remark, ...(left ? cleanUp(t) : [])] };
  const claim = [
    ...planStorage(t.storage, observed.storage),
    ...(t.inputs.publish === undefined ? [makePrivateDirectory(packagesDirectory(t.storage))] : []),
    ...remark,
  ];
  const { collected } = observed;
  const commands =
    collected === undefined
      ? [...claim, ...cleanUp(t), ...planCollecting(t)]
      : [...claim, ...planPacking(t, observed, collected), ...cleanUp(t)];
  const { jail } = t.inputs;
  // A stopped jail that records is not to be started while its union is mounted to be read.
  const all = jail === undefined ? locks : [...locks, `jail.${jail.name}`];
  return { locks: all, lockTimeout: 4 * 3600, commands, onFailure: giveUp(t, observed) };
}

/** A package that could not be made was never there: its name and version are free again. */
const giveUp = (t: PackageTarget, { mark }: PackageObserved): Command[] => [
  ...cleanUp(t),
  ...(mark === undefined ? [removeFile(markLink(t))] : []),
  ...(t.inputs.publish === undefined ? [removeEmpty([packagesDirectory(t.storage)])] : []),
];

function planCollecting(t: PackageTarget): Command[] {
  const { jail, build } = t.inputs;
  const scratch = build === undefined ? [] : planScratch(t, build);
  return [...scratch, collectChanges(jail === undefined ? ofScratch(t) : ofJail(t, jail))];
}

const ofScratch = (t: PackageTarget): Changes => ({
  ...{ jail: scratchName(t), tree: scratchTree(t), inside: "/", thin: false },
  ...{ base: baseOf(t.inputs).path, exclude: t.inputs.exclude, work: workOf(t) },
});

function ofJail(t: PackageTarget, { name, type }: NonNullable<PackageInputs["jail"]>): Changes {
  const thin = type === "thin";
  const part = thin ? "/skeleton" : "";
  const recorded = type === "thick" ? { recorded: recordedPath(name, t.storage) } : {};
  return {
    ...recorded,
    ...{ jail: name, tree: jailTree(t) + part, inside: thin ? skeletonMount : "/", thin },
    ...{ base: baseOf(t.inputs).path + part, exclude: t.inputs.exclude, work: workOf(t) },
  };
}

function planPacking(t: PackageTarget, observed: PackageObserved, collected: Collected): Command[] {
  const { name, version } = t.inputs;
  const { release, patch } = observed.userland!;
  const { files, deletions } = collected;
  const manifest = formatManifest({
    ...{ format: 1, name, version, release, patch },
    ...{
      architecture: observed.facts?.machineArch ?? "",
      files: [...files],
      deletions: [...deletions],
    },
  });
  const work = workOf(t);
  return [
    putFile(`${work}/stage/${manifestName}`, `${manifest}\n`),
    packChanges(work, fileOf(t.inputs, t.storage), t.inputs.publish !== undefined),
  ];
}

function planAbsent(t: PackageTarget, observed: PackageObserved): Plan {
  const tidy = [
    removeEmpty([packagesDirectory(t.storage)]),
    ...planTidy(t.storage, observed.storage),
  ];
  const ours = observed.mark !== undefined && isOurs(observed.mark, t);
  if (!ours) return { locks: locksOf(t), commands: [], tidy: tidy.length > 1 ? tidy : [] };
  const file = fileOf(t.inputs, t.storage);
  const files = [file, `${file}.sha256`, `${file}.new`, `${file}.sha256.new`];
  const commands = [...cleanUp(t), ...files.map(removeFile), removeFile(markLink(t))];
  return { locks: locksOf(t), commands, tidy };
}

export const jailPackage: Definition<PackageInputs, PackageObserved> = {
  kind: "JailPackage",
  schema: packageSchema,
  effects: {
    host: "connection",
    name: "replace",
    version: "replace",
    jail: "none",
    build: "replace",
    publish: "replace",
    exclude: "replace",
    url: "none",
  },
  rebuildable: false,
  title: ({ name, version }) => `package ${name}-${version}`,
  predict(inputs, storage) {
    const path = fileOf(inputs, storage);
    const { url } = inputs;
    return { path, address: url === undefined ? "" : `${url}/${path.split("/").at(-1)}` };
  },
  refuse: (inputs, olds) => (olds === undefined ? [] : refuseChanges(inputs, olds)),
  observe: observePackage,
  parse: parsePackage,
  exists: ({ mark, file, sha256 }) => mark !== undefined && file && sha256 !== undefined,
  plan,
  planAbsent,
  outputs: (t, observed) => ({
    ...jailPackage.predict(t.inputs, t.storage),
    sha256: observed.sha256 ?? "",
    userland: observed.userland === undefined ? "" : levelOf(observed.userland),
  }),
  drifted: (t) => t.inputs,
};
