/** Building a template: filled beside, patched, split, and renamed when it is whole. */
import { act, type Command } from "../freebsd/command.js";
import { makeDirectory, makeLink, removeTree, rename } from "../freebsd/files.js";
import { patchTree, writeUpdateConf } from "../freebsd/freebsd-update.js";
import { marksDirectory } from "../freebsd/layout.js";
import { expectUserland } from "../freebsd/release.js";
import { buildPortsInSkeleton, splitTree } from "../freebsd/split.js";
import { createDataset, destroyDataset, renameDataset } from "../freebsd/zfs.js";
import {
  type BaseTarget,
  builtLink,
  patchOf,
  placeOf,
  templateName,
  treeIn,
  workOf,
} from "./base-inputs.js";
import type { BaseObserved } from "./base-observe.js";
import { fetchArchives, planFilling, toDownloads } from "./base-source.js";
import type { Download } from "./progress.js";

/** Seconds that a run waits for another one, which may be building the same template. */
export const buildPatience = 4 * 3600;

export interface Build {
  readonly commands: readonly Command[];
  readonly downloads: readonly Download[];
}

export function planBuild(t: BaseTarget, observed: BaseObserved): Build {
  const { partial } = placeOf(t);
  const tree = treeIn(t, partial);
  const { archives, commands: filling } = planFilling(t, observed, tree);
  const commands = [
    ...fetchArchives(t, archives),
    ...cleanUp(t),
    ...planStaging(t),
    ...filling,
    ...planPatch(t, tree),
    expectUserland(tree, t.inputs.release, levelOf(t)),
    ...planSplit(t, partial),
    ...removeWork(t),
    ...(observed.built ? [] : planMark(t)),
    ...planName(t),
  ];
  return { commands, downloads: toDownloads(archives) };
}

/** Empty directories: for the template, and for what tools write down meanwhile. */
function planStaging(t: BaseTarget): Command[] {
  const { partial, partialDataset } = placeOf(t);
  const tree = treeIn(t, partial);
  return [
    partialDataset === undefined ? act(["mkdir", partial]) : createDataset(partialDataset),
    ...(tree === partial ? [] : [act(["mkdir", tree])]),
    ...(usesWork(t) ? [act(["mkdir", workOf(t)])] : []),
  ];
}

/** Packages of the base system come with all patches. */
const isPatched = (t: BaseTarget): boolean =>
  t.inputs.pkgbase === undefined && patchOf(t.inputs) !== "none";

function planPatch(t: BaseTarget, tree: string): Command[] {
  if (!isPatched(t)) return [];
  const components = ["world", ...t.inputs.sets.filter((name) => name === "src")];
  const work = workOf(t);
  return [writeUpdateConf(tree, work, components), patchTree(tree, work, t.inputs.release)];
}

/** The one level that will do, when one is declared. */
const levelOf = ({ inputs }: BaseTarget): string | undefined =>
  /^p\d+$/.test(patchOf(inputs)) ? patchOf(inputs) : undefined;

function planSplit({ inputs }: BaseTarget, directory: string): Command[] {
  if (inputs.kind !== "split") return [];
  const sources = inputs.sets.some((name) => name === "ports" || name === "src");
  return [splitTree(directory), ...(sources ? [buildPortsInSkeleton(directory)] : [])];
}

/** Says that the template is ours before it has its name. Who tidies up removes an empty directory of marks. */
const planMark = (t: BaseTarget): Command[] => [
  makeDirectory(marksDirectory(t.storage)),
  makeLink(`template:${templateName(t.inputs)}`, builtLink(t)),
];

function planName(t: BaseTarget): Command[] {
  const { path, partial, dataset, partialDataset } = placeOf(t);
  return dataset === undefined || partialDataset === undefined
    ? [rename(partial, path)]
    : [renameDataset(partialDataset, dataset)];
}

const usesWork = (t: BaseTarget): boolean => isPatched(t) || t.inputs.pkgbase !== undefined;

const removeWork = (t: BaseTarget): Command[] => (usesWork(t) ? [removeTree(workOf(t))] : []);

/** Removes what a build leaves when it ends half-way. */
export function cleanUp(t: BaseTarget): Command[] {
  const { partial, partialDataset } = placeOf(t);
  const staging =
    partialDataset === undefined ? removeTree(partial) : destroyDataset(partialDataset);
  // Where the one is left, the other may be, too: what is made first goes last.
  return [...removeWork(t), staging];
}
