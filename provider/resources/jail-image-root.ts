/** How an image jail's root is made: from the image of its base, which the first one makes, without filling a new one. */
import {
  baseImagePlace,
  dropUnfinished,
  imageIn,
  imageSnapshot,
  makeBaseImage,
  mustFit,
} from "../freebsd/base-image.js";
import { act, type Command } from "../freebsd/command.js";
import { markDevice, mountDevice } from "../freebsd/device.js";
import { makeLink, parseStat, rename, statPaths } from "../freebsd/files.js";
import { growImage } from "../freebsd/image.js";
import { templatesDirectory } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { cloneSnapshot, listDatasets, parseDatasets } from "../freebsd/zfs.js";
import { sizeText } from "./jail-image.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import type { Plan, Results } from "./resource.js";
import { buildPatience, templateLock } from "./template.js";
import { imageOf, ownPart, unfinished } from "./thin.js";
import { planDevice, releaseDevice } from "./thin-device.js";

/** Asks for the image of the base: on ZFS for its dataset, which a directory of that name is not. */
export function observeBaseImage({ inputs, storage }: JailTarget): Record<string, Command> {
  if (inputs.type !== "image") return {};
  const { path, dataset } = baseImagePlace(storage, inputs.base.templateName);
  return dataset === undefined
    ? { baseImage: statPaths([path], [templatesDirectory(storage)]) }
    : { baseImage: listDatasets([dataset], [`${storage.dataset}/templates`]) };
}

export function parseBaseImage({ inputs, storage }: JailTarget, { baseImage }: Results): boolean {
  if (baseImage === undefined) return false;
  const { path, dataset } = baseImagePlace(storage, inputs.base.templateName);
  return dataset === undefined
    ? parseStat(baseImage).has(path)
    : parseDatasets(baseImage).has(dataset);
}

/** Whether this jail is the first that needs an image of its base. */
const makesBaseImage = ({ inputs }: JailTarget, { root, baseImage, device }: JailObserved) =>
  inputs.type === "image" && !root && !baseImage && device?.kind === "absent";

/** What making the image of the base needs of the plan that it is part of: nobody else makes or removes it then. */
export function baseImagePlan(t: JailTarget, observed: JailObserved): Partial<Plan> {
  if (!makesBaseImage(t, observed)) return {};
  const { templateName } = t.inputs.base;
  return { locks: [templateLock(templateName)], lockTimeout: buildPatience };
}

/** Takes away what making the image of the base left when it failed. */
export function baseImageRemains(t: JailTarget, observed: JailObserved): Command[] {
  const { inputs, storage } = t;
  return makesBaseImage(t, observed) ? [dropUnfinished(storage, inputs.base.templateName)] : [];
}

/**
 * The jail's image, in its half-built directory or as its half-built dataset. On ZFS that is a clone; elsewhere cp(1)
 * leaves holes as they are, and shares blocks where the file system can (copy_file_range(2)).
 */
export function planImage(
  t: JailTarget,
  observed: JailObserved,
  zfs?: { readonly dataset: string; readonly mark: string },
): Command[] {
  const { inputs, storage } = t;
  // An image that is there already is ours from a run that died, or somebody else's.
  if (observed.device?.kind !== "absent") return planDevice(t, observed);
  const { templateName, path } = inputs.base;
  const image = imageOf(inputs, storage)!;
  const { path: directory, dataset } = baseImagePlace(storage, templateName);
  const size = sizeText(inputs);
  const fresh = unfinished(image);
  const copying =
    zfs === undefined || dataset === undefined
      ? act(["cp", imageIn(directory), fresh.file], { deadline: 3600, title: "copy the image" })
      : cloneSnapshot(imageSnapshot(dataset), zfs.dataset, zfs.mark);
  return [
    ...(makesBaseImage(t, observed) ? makeBaseImage(storage, templateName, path) : []),
    mustFit(imageIn(directory), size),
    copying,
    ...growImage(fresh, size),
    ...claimImage(t, `/dev/${image.disk}`, size),
    ...(zfs === undefined ? [rename(fresh.file, image.file)] : []),
  ];
}

/** Writes on the image whose it is, and beside it how large it is. */
function claimImage(t: JailTarget, device: string, size: string): Command[] {
  const { partial } = placeOf(t);
  const directory = partial + ownPart(t.inputs);
  const resolver = t.inputs.resolver === "host";
  return [
    ...mountDevice(device, directory),
    markDevice({ directory, mark: formatMark(t.mark), resolver }),
    ...releaseDevice(t, { partial: true }),
    makeLink(size, `${partial}/size`),
  ];
}
