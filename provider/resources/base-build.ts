/** Building a base release: its userland, patched and split. */
import type { Command } from "../freebsd/command.js";
import { patchTree, writeUpdateConf } from "../freebsd/freebsd-update.js";
import { expectUserland } from "../freebsd/release.js";
import { buildPortsInSkeleton, splitTree } from "../freebsd/split.js";
import {
  type BaseTarget,
  isPatched,
  patchOf,
  placeOf,
  templateOf,
  treeIn,
  workOf,
} from "./base-inputs.js";
import type { BaseObserved } from "./base-observe.js";
import { authorityOf, planFilling } from "./base-source.js";
import { fetchArchives, toDownloads } from "./template-archives.js";
import { type Build, planBuilding } from "./template-build.js";

export function planBuild(t: BaseTarget, observed: BaseObserved): Build {
  const { partial } = placeOf(t);
  const tree = treeIn(t, partial);
  const { archives, commands } = planFilling(t, observed, tree);
  const filling = [
    ...commands,
    ...planPatch(t, tree),
    expectUserland(tree, t.inputs.release, levelOf(t)),
    ...planSplit(t, partial),
  ];
  const parts = {
    fetching: fetchArchives(archives, authorityOf(t)),
    inside: tree === partial ? [] : [tree],
    filling,
  };
  return {
    commands: planBuilding(templateOf(t), observed, parts),
    downloads: toDownloads(archives),
  };
}

function planPatch(t: BaseTarget, tree: string): Command[] {
  if (!isPatched(t.inputs)) return [];
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
