/** What belongs to a jail beside its tree, and moves along: its image file, and what is known of its layers. */
import type { Command } from "../freebsd/command.js";
import { makePrivateDirectory, rename, replaceLink } from "../freebsd/files.js";
import type { Inspection } from "../freebsd/package-inspect.js";
import { forgetLayers } from "../freebsd/package-layer.js";
import { digestFile, keepFile, packFile, parseDigest, unpackTree } from "../freebsd/streams.js";
import {
  type AppliedLayer,
  formatLayers,
  keyOf,
  type LayersObserved,
  layersLink,
  treeLayers,
} from "./jail-layers-picture.js";
import { compare, copyTreeOver, type Route, steps, transfer } from "./jail-move-transfer.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { treeOf } from "./jail-upgrade-place.js";
import { type Image, imageOf } from "./thin.js";

const imageFor = ({ inputs, storage }: JailTarget): Image | undefined => imageOf(inputs, storage);

/** Whether a jail's image is a file of its own, and not one in the jail's dataset. */
const isBeside = (image: Image | undefined): boolean =>
  image !== undefined && image.partial === undefined;

/** The image file that does not come with the jail's tree. */
export function imageBeside(t: JailTarget): string | undefined {
  const image = imageFor(t);
  return isBeside(image) ? image?.file : undefined;
}

/**
 * The image of a stopped jail, where it did not come with the tree, or came with it and belongs beside it. It gets its
 * name at once: until the hand-over a link says that it is only on its way.
 */
export async function copyImage(route: Route): Promise<void> {
  const [here, there] = [imageFor(route.from.target), imageFor(route.to.target)];
  if (here === undefined || there === undefined) return;
  if (!isBeside(here) && !isBeside(there)) return;
  const { path, partial } = placeOf(route.to.target);
  const directory = isBeside(there) && isBeside(here) ? parentOf(path) : partial;
  const arrived = directory + here.file.slice(parentOf(here.file).length);
  if (isBeside(here)) {
    await transfer(route, packFile(here.file), unpackTree(directory));
    await compare(route, digestFile(here.file), digestFile(arrived), parseDigest);
  }
  const file = there.partial ?? there.file;
  if (file !== arrived) await steps(route.to, [rename(arrived, file)]);
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf("/"));

/** The image that is kept beside the tree that is kept. */
export function keepImage(t: JailTarget, suffix: string): Command[] {
  const file = imageBeside(t);
  return file === undefined ? [] : [keepFile(file, `${treeOf(t, suffix).path}.img`)];
}

/** The layers in the tree that moves. */
export const layersOf = (t: JailTarget, { layers }: JailObserved): readonly AppliedLayer[] =>
  layers.applied.get(t.inputs.base.templateName) ?? [];

/** Says on the other machine which layers the tree will have, and makes the place for what is known of them. */
export function noteLayers(t: JailTarget, layers: readonly AppliedLayer[]): Command[] {
  if (layers.length === 0) return [];
  const { templateName } = t.inputs.base;
  const directory = treeLayers(t, templateName);
  return [
    replaceLink(formatLayers(layers), layersLink(t, templateName)),
    forgetLayers(directory),
    makePrivateDirectory(directory),
  ];
}

/** What is known of layers: what they brought and what they replaced, so that they can be taken out again. */
export async function copyLayers(route: Route): Promise<void> {
  const { from, to, left } = route;
  if (layersOf(to.target, left).length === 0) return;
  const { templateName } = to.target.inputs.base;
  const [source, copy] = [from.target, to.target].map((t) => treeLayers(t, templateName));
  await copyTreeOver(route, source!, copy!);
}

/** The other machine's picture of the layers when the tree is there: those in it need no package any more. */
export function arrivedLayers(
  t: JailTarget,
  { layers: left }: JailObserved,
  there: LayersObserved,
) {
  const { templateName } = t.inputs.base;
  const list = there.applied.get(templateName) ?? left.applied.get(templateName);
  if (list === undefined) return there;
  const manifests = new Map(
    left.packages.flatMap((each, i) =>
      each.kind === "fault" ? [] : [[left.declared[i] ?? "", each.manifest] as const],
    ),
  );
  const packages = there.packages.map((found, i): Inspection => {
    const digest = there.declared[i] ?? "";
    const manifest = manifests.get(digest);
    const put = list[i]?.state === "put" && list[i]?.key === keyOf(digest);
    return put && manifest !== undefined ? { kind: "known", manifest } : found;
  });
  return { ...there, applied: new Map([...there.applied, [templateName, list]]), packages };
}
