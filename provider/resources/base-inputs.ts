/** Where a template lies on the host, and what its name says. */
import { createHash } from "node:crypto";
import type { Place } from "../freebsd/layout.js";
import { readOnlyPart } from "../freebsd/split.js";
import type { BaseReleaseInputs } from "./base-schema.js";
import type { Target } from "./resource.js";
import {
  builtLink as builtLinkOf,
  type Template,
  templatePlace,
  workOf as workPlace,
} from "./template.js";

export type { BaseReleaseInputs };
export type BaseTarget = Target<BaseReleaseInputs>;

/** Packages of the base system are the newest ones when they are installed. */
export const patchOf = ({ patch, pkgbase }: BaseReleaseInputs): string =>
  patch ?? (pkgbase === undefined ? "none" : "latest");

/** Name of the template: equal specifications share one, whatever stack asks for it. */
export function templateName(inputs: BaseReleaseInputs): string {
  const { release, sets, sha256, dist, kind } = inputs;
  const pins = Object.entries(sha256).sort(([a], [b]) => (a < b ? -1 : 1));
  const later = laterInputs(inputs);
  const specification = [release, [...sets].sort(), pins, dist ?? ""];
  const text = JSON.stringify(
    Object.keys(later).length === 0 ? specification : [...specification, later],
  );
  const digest = createHash("sha256").update(text).digest("hex").slice(0, 8);
  const patch = patchOf(inputs) === "none" ? [] : [patchOf(inputs)];
  return [release, ...patch, kind, digest].join("-");
}

/**
 * Inputs that came after the first version, where they are given: names of templates without them stay what they
 * were. An archive is known by its digest, wherever it comes from.
 */
function laterInputs(inputs: BaseReleaseInputs): Record<string, unknown> {
  const { archive, pkgbase, src, directory, kind, triggers } = inputs;
  const packages = pkgbase && { ...pkgbase, packages: [...pkgbase.packages].sort() };
  const entries = Object.entries({
    archive: archive?.sha256,
    pkgbase: packages,
    src,
    directory,
    kind: kind === "full" ? undefined : kind,
    patch: patchOf(inputs) === "none" ? undefined : patchOf(inputs),
    triggers: triggers.length === 0 ? undefined : triggers,
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

/** What the machinery of all templates has to know of this one. */
export const templateOf = ({ inputs, storage, mark, formerMarks, life }: BaseTarget): Template => ({
  ...{ storage, mark, formerMarks, life },
  name: templateName(inputs),
  family: inputs.release,
  usesWork: isPatched(inputs) || inputs.pkgbase !== undefined,
  tidyPartial: [],
});

/** Packages of the base system come with all patches. */
export const isPatched = (inputs: BaseReleaseInputs): boolean =>
  inputs.pkgbase === undefined && patchOf(inputs) !== "none";

export const placeOf = (t: BaseTarget): Place => templatePlace(templateOf(t));
/** The userland in a template's directory, or in the one in which it is built. */
export const treeIn = ({ inputs }: BaseTarget, directory: string): string =>
  inputs.kind === "split" ? readOnlyPart(directory) : directory;
export const builtLink = (t: BaseTarget): string => builtLinkOf(templateOf(t));
export const workOf = (t: BaseTarget): string => workPlace(templateOf(t));
