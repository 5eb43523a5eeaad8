/** JailPackage: what a jail has beyond its base, as a file that is put into other jails. Immutable. */
import { isDeepStrictEqual } from "node:util";
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
import { isOurs, ownerOf } from "./ownership.js";
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
  fileName,
  fileOf,
  locksOf,
  markLink,
  type PackageTarget,
  scratchName,
  workOf,
} from "./package-place.js";
import { type PackageInputs, packageSchema } from "./package-schema.js";
import { type Definition, type Plan, Refused } from "./resource.js";
import { planStorage, planTidy } from "./storage.js";
import { skeletonMount } from "./thin.js";

function plan(t: PackageTarget, observed: PackageObserved): Plan {
  const locks = locksOf(t);
  refuse(t, observed);
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

function refuse(t: PackageTarget, observed: PackageObserved): void {
  const { inputs, storage } = t;
  const { mark, paths, userland } = observed;
  const file = fileOf(inputs, storage);
  if (mark !== undefined && !isOurs(mark, t)) {
    throw new Refused(
      `${file} is the package of ${ownerOf(mark)}. Choose another name or version.`,
    );
  }
  if (mark === undefined && observed.file) {
    throw new Refused(`${file} exists, and nothing of ours made it. Choose another version.`);
  }
  if (isReady(t, observed)) return;
  if (inputs.publish !== undefined && paths.get(inputs.publish) !== "Directory") {
    throw new Refused(`publish: ${inputs.publish} is no directory of the host. Make it first.`);
  }
  if (userland === undefined) {
    throw new Refused(
      `the base ${baseOf(inputs).path} is not on the host: without it, what is new in the jail cannot be told.`,
    );
  }
  if (inputs.jail !== undefined && !paths.has(jailTree(t))) {
    throw new Refused(
      `there is no jail ${inputs.jail.name} (${jailTree(t)}). Is it of the same host?`,
    );
  }
}

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

/** A package that was handed out does not change under its name. What becomes of its jail later is no change of it. */
function refuseChanges(inputs: PackageInputs, olds: Record<string, unknown>) {
  const former = packageSchema.safeParse(olds);
  if (!former.success || fileName(former.data) !== fileName(inputs)) return [];
  const before = former.data;
  const changed = (["build", "publish", "exclude"] as const).filter(
    (key) => !isDeepStrictEqual(plain(before[key]), plain(inputs[key])),
  );
  const all = [...(before.jail?.name === inputs.jail?.name ? [] : ["jail"]), ...changed];
  if (all.length === 0) return [];
  const reason = `${all.join(", ")} changed: a package is immutable, give it another version`;
  return [{ property: "version", reason }];
}

/** Without what is there and undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));

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
