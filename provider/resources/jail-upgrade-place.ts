/** Names that an upgrade of a jail uses on its host, and the trees that it compares. */
import { createHash } from "node:crypto";
import {
  containersDirectory,
  marksDirectory,
  place,
  stateDirectory,
  usersDirectory,
} from "../freebsd/layout.js";
import type { Upgrade } from "../freebsd/tree-lists.js";
import { splitPlaces } from "../freebsd/widen.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { skeletonMount } from "./thin.js";

/** Where a tree of the jail lies that does not have its name: ".new", or the date of its upgrade. */
export function treeOf(t: JailTarget, suffix: string): { path: string; dataset?: string } {
  const { path, dataset } = placeOf(t);
  return {
    path: `${path}.${suffix}`,
    ...(dataset === undefined ? {} : { dataset: `${dataset}.${suffix}` }),
  };
}

/** The suffix of a tree that is being built. */
export const fresh = "new";

const markOf = (t: JailTarget, kind: string): string =>
  `${marksDirectory(t.storage)}/${kind}.${t.inputs.name}`;

/** Says which template the jail's tree was made from. */
export const treeLink = (t: JailTarget): string => markOf(t, "tree");
/** Says that the tree beside is there, and of which template. */
export const builtLink = (t: JailTarget): string => markOf(t, "built");
/** The journal of a swap: there from before the first rename until the jail was found well. */
export const swapLink = (t: JailTarget): string => markOf(t, "swap");
/** Says of which template a kept tree is. */
export const keptLink = (t: JailTarget, suffix: string): string => `${markOf(t, "kept")}.${suffix}`;
/** Makes a kept tree a user of its template. */
export const keptUser = (t: JailTarget, template: string, suffix: string): string =>
  `${usersDirectory(t.storage, template)}/${t.mark.id}.${suffix}`;

export const workOf = (t: JailTarget): string =>
  `${stateDirectory(t.storage)}/upgrade.${t.inputs.name}`;
/** What is told of the last upgrade. All jails' end alike, so that one question shows them all. */
export const reportFile = (t: JailTarget): string =>
  `${stateDirectory(t.storage)}/${t.inputs.name}.upgraded`;

export const templatePath = (t: JailTarget, name: string): string =>
  place(t.storage, "templates", name).path;

/** The trees, or those parts of them that a jail can write. */
export function upgradeOf(t: JailTarget, current: string): Upgrade {
  const { name: jail, type, base } = t.inputs;
  const thin = type === "thin" || isSplit(t, current);
  const part = thin ? "/skeleton" : "";
  const beside = treeOf(t, fresh).path;
  const joined = thin && type !== "thin";
  return {
    jail,
    tree: placeOf(t).path + part,
    inside: thin ? skeletonMount : "/",
    old: templatePath(t, current) + part,
    base: joined ? beside + splitPlaces.base : base.path + part,
    fresh: beside + (joined ? splitPlaces.own : part),
    work: workOf(t),
  };
}

/** Whether a template is for thin jails; one that no declaration speaks of any more tells by its name. */
export function isSplit({ inputs, former }: JailTarget, template: string): boolean {
  const declared = [inputs.base, former?.base].find((base) => base?.templateName === template);
  return declared?.kind === "split" || /-split-[0-9a-f]{8}$/.test(template);
}

/** A lock that as many jails of the host can have at once as are upgraded at a time. */
export function slotOf({ inputs }: JailTarget): string {
  const digest = createHash("sha256").update(inputs.name).digest();
  return `upgrade.${digest.readUInt32BE(0) % inputs.upgradeParallelism}`;
}

/** All names that start as the jail's trees do. */
export const treesPattern = (t: JailTarget): [string, string] => [
  containersDirectory(t.storage),
  `${t.inputs.name}.[0-9]*`,
];
