/** Making a template: filled beside, marked, and renamed when it is whole. */
import { act, type Command } from "../freebsd/command.js";
import { makeDirectory, makeLink, removeTree, rename, replaceLink } from "../freebsd/files.js";
import { marksDirectory } from "../freebsd/layout.js";
import { createDataset, destroyDataset, renameDataset, snapshot } from "../freebsd/zfs.js";
import type { Download } from "./progress.js";
import { type Plan, Refused } from "./resource.js";
import { planStorage } from "./storage.js";
import {
  baseSnapshot,
  buildPatience,
  builtLink,
  linkText,
  lockOf,
  type Template,
  templatePlace,
  userLink,
  usersOf,
  workOf,
} from "./template.js";
import { isReady, type TemplateObserved } from "./template-observe.js";

export interface Build {
  readonly commands: readonly Command[];
  readonly downloads: readonly Download[];
}

/** What makes the template and this stack a user of it; `build` is asked only when it is not there. */
export function planTemplate(t: Template, observed: TemplateObserved, build: () => Build): Plan {
  const { path, dataset } = templatePlace(t);
  const common = { locks: [lockOf(t)], lockTimeout: buildPatience };
  const user = planUser(t, observed);
  if (isReady(t, observed)) return { ...common, commands: user };
  const there = observed.paths.has(path);
  const { commands: building, downloads } = there ? { commands: [], downloads: [] } : build();
  const snapshots = dataset === undefined ? [] : [snapshot(baseSnapshot(dataset))];
  const storage = planStorage(t.storage, observed.storage);
  const commands = [...storage, ...user, ...building, ...snapshots];
  return { ...common, commands, downloads, onFailure: cleanUp(t) };
}

/** Whatever has the template's name and no mark of ours is somebody else's. */
export function refuseForeign(t: Template, { paths, built }: TemplateObserved): void {
  const { path } = templatePlace(t);
  if (!paths.has(path) || built) return;
  throw new Refused(
    `${path} exists and carries no mark of ours: somebody filled it by hand. Move it away, or use another root.`,
  );
}

/** Links this stack to the template: as long as one link is left, nobody removes it. */
function planUser(t: Template, observed: TemplateObserved): Command[] {
  const link = userLink(t);
  const present = observed.users.get(link);
  if (present === linkText(t)) return [];
  if (present !== undefined) return [replaceLink(linkText(t), link)];
  return [makeDirectory(usersOf(t)), makeLink(linkText(t), link)];
}

/** The template from fetching to its name; `inside` are directories that it starts with, `filling` all the rest. */
export function planBuilding(
  t: Template,
  { built }: TemplateObserved,
  parts: {
    readonly fetching: readonly Command[];
    readonly inside?: readonly string[];
    readonly filling: readonly Command[];
  },
): Command[] {
  return [
    ...parts.fetching,
    ...cleanUp(t),
    ...planStaging(t, parts.inside ?? []),
    ...parts.filling,
    ...removeWork(t),
    ...(built ? [] : planMark(t)),
    ...planName(t),
  ];
}

/** Empty directories: for the template, and for what tools write down meanwhile. */
function planStaging(t: Template, inside: readonly string[]): Command[] {
  const { partial, partialDataset } = templatePlace(t);
  return [
    partialDataset === undefined ? act(["mkdir", partial]) : createDataset(partialDataset),
    ...[...inside, ...(t.usesWork ? [workOf(t)] : [])].map((path) => act(["mkdir", path])),
  ];
}

/** Says that the template is ours before it has its name. Who tidies up removes an empty directory of marks. */
const planMark = (t: Template): Command[] => [
  makeDirectory(marksDirectory(t.storage)),
  makeLink(`template:${t.name}`, builtLink(t)),
];

function planName(t: Template): Command[] {
  const { path, partial, dataset, partialDataset } = templatePlace(t);
  return dataset === undefined || partialDataset === undefined
    ? [rename(partial, path)]
    : [renameDataset(partialDataset, dataset)];
}

const removeWork = (t: Template): Command[] => (t.usesWork ? [removeTree(workOf(t))] : []);

/** Removes what a build leaves when it ends half-way. */
export function cleanUp(t: Template): Command[] {
  const { partial, partialDataset } = templatePlace(t);
  const staging =
    partialDataset === undefined ? removeTree(partial) : destroyDataset(partialDataset);
  // Where the one is left, the other may be, too: what is made first goes last.
  return [...t.tidyPartial, ...removeWork(t), staging];
}
