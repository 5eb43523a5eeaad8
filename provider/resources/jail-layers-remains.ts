/** What layers leave on a host: what is known of trees that are gone, and packages that were fetched. */
import type { Command } from "../freebsd/command.js";
import { removeFile } from "../freebsd/files.js";
import { mediaDirectory, stateDirectory } from "../freebsd/layout.js";
import { dropCachedPackages } from "../freebsd/package-inspect.js";
import { forgetLayers } from "../freebsd/package-layer.js";
import { layersLink, treeLayers } from "./jail-layers-picture.js";
import type { JailObserved } from "./jail-picture.js";
import type { JailTarget } from "./jail-place.js";

/** What is known of trees that are not there any more. */
export function layerLeftovers(
  t: JailTarget,
  { layers, upgrade }: JailObserved,
  current: string,
): Command[] {
  const trees = new Set([current, ...upgrade.kept.values()]);
  return [...layers.applied.keys()]
    .filter((template) => !trees.has(template))
    .flatMap((template) => forgetTree(t, template));
}

const forgetTree = (t: JailTarget, template: string): Command[] => [
  forgetLayers(treeLayers(t, template)),
  removeFile(layersLink(t, template)),
];

/** All that layers left on the host. */
export const removeLayers = (t: JailTarget, { layers }: JailObserved): Command[] =>
  [...new Set([...layers.applied.keys(), ...declaredTree(t)])].flatMap((template) =>
    forgetTree(t, template),
  );

/** A run that died may have unpacked a layer before it noted any. */
const declaredTree = ({ inputs }: JailTarget): string[] =>
  inputs.layers.length === 0 ? [] : [inputs.base.templateName];

/** Packages that were fetched go when no jail has layers. */
export const tidyPackages = (t: JailTarget, { layers }: JailObserved): Command[] =>
  t.inputs.layers.length === 0 && layers.applied.size === 0
    ? []
    : [dropCachedPackages(stateDirectory(t.storage), mediaDirectory(t.storage))];
