/**
 * A jail that is an image: its tree is a UFS in a sparse file beside its directory, which a memory disk shows while it
 * runs. The file tells how large it is; a link in the jail's directory tells up to which size its file system was grown.
 */
import { type Command, look } from "../freebsd/command.js";
import { readLink, replaceLink } from "../freebsd/files.js";
import { growImage } from "../freebsd/image.js";
import { detachImage } from "../freebsd/memory-disk.js";
import type { Issue } from "./jail-checks.js";
import type { JailInputs } from "./jail-inputs.js";
import { bytesOf } from "./jail-layers-inputs.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { Refused, type Results } from "./resource.js";
import { imageOf } from "./thin.js";

export interface ImageObserved {
  /** Of the file; undefined when it is not there. */
  readonly bytes: number | undefined;
  /** Of its file system, as far as it is known. */
  readonly grown: number | undefined;
}

const sizeLink = (t: JailTarget): string => `${placeOf(t).path}/size`;

const megabyte = 2 ** 20;

/** Bytes that are declared, as the link has them. */
export const sizeText = ({ image }: JailInputs): string => `${bytesOf(image?.size ?? "0g")}`;

export function checkImage({ type, image, base }: JailInputs, issue: Issue): void {
  if (type !== "image") {
    if (image !== undefined) issue(["image"], 'is only for jails of type "image"');
    return;
  }
  if (image === undefined) issue(["image"], 'is needed for type "image", e.g. { size: "10g" }');
  if (base.distribution !== undefined)
    issue(["type"], 'a Linux base is not put into images yet: use "thick" or "clone"');
}

export function observeSize(t: JailTarget): Record<string, Command> {
  const image = imageOf(t.inputs, t.storage);
  if (t.inputs.type !== "image" || image === undefined) return {};
  return { imageBytes: look(["stat", "-f", "%z", image.file]), imageGrown: readLink(sizeLink(t)) };
}

export function parseSize({ imageBytes, imageGrown }: Results): { image?: ImageObserved } {
  if (imageBytes === undefined || imageGrown === undefined) return {};
  const number = (text: string) => (/^\d+\n?$/.test(text) ? Number(text) : undefined);
  return { image: { bytes: number(imageBytes.stdout), grown: number(imageGrown.stdout) } };
}

/** Makes the file system of a stopped jail as large as it is declared. */
export function planGrowth(t: JailTarget, { root, image: seen }: JailObserved): Command[] {
  const image = imageOf(t.inputs, t.storage);
  if (t.inputs.type !== "image" || image === undefined || !root) return [];
  const size = sizeText(t.inputs);
  if (`${seen?.bytes}` === size && `${seen?.grown}` === size) return [];
  return [...growImage(image, size), detachImage(image), replaceLink(size, sizeLink(t))];
}

/** What cannot be done about an image: told before the jail is stopped. */
export function refuseImage(t: JailTarget, observed: JailObserved): void {
  const seen = observed.image;
  const image = imageOf(t.inputs, t.storage);
  if (image === undefined || seen === undefined) return;
  if (lacksImage(observed)) {
    throw new Refused(
      `the image ${image.file} is gone, and with it the jail's data. Put it back from a backup; or remove ` +
        `${placeOf(t).path}, and the jail is made anew.`,
    );
  }
  if (seen.bytes !== undefined && seen.bytes > Number(sizeText(t.inputs))) {
    throw new Refused(
      `the image ${image.file} has ${seen.bytes} bytes, and image.size is ${image.size}: a UFS can only grow. Set ` +
        "image.size to what it has, or to more.",
    );
  }
}

/** The size that the host has, where it is not what is declared. */
export function driftedImage(
  { inputs }: JailTarget,
  { image: seen }: JailObserved,
): { image?: JailInputs["image"] } {
  if (seen?.bytes === undefined || inputs.image === undefined) return {};
  const size = Number(sizeText(inputs));
  if (seen.bytes === size && seen.grown === size) return {};
  if (seen.bytes > size) return { image: { size: `${Math.ceil(seen.bytes / megabyte)}m` } };
  // A file system of unknown size, or one that is smaller by less than a megabyte, is not as declared either.
  const least = Math.min(seen.bytes, seen.grown ?? 0, size - 1);
  return { image: { size: `${Math.max(1, Math.floor(least / megabyte))}m` } };
}

/** Whether the file that all of the jail is in is not there. */
export const lacksImage = ({ root, image }: JailObserved): boolean =>
  root && image !== undefined && image.bytes === undefined;

/** Why an image cannot become as large as it is declared now; undefined when it can. */
export function sizeFault(olds: unknown, inputs: JailInputs): string | undefined {
  const former = (olds as { size?: unknown } | undefined)?.size;
  if (inputs.image === undefined || typeof former !== "string") return undefined;
  if (bytesOf(former) <= bytesOf(inputs.image.size)) return undefined;
  return `a UFS can only grow (growfs(8)), and it has ${former}: image.size cannot become ${inputs.image.size}.`;
}
