/**
 * A jail whose own part is a device: a thin jail's read-write part, or all of a jail that is an image. The jail's fstab
 * mounts it; while the jail does not run it is not mounted, so that rc.d/jail can start it without us. What has to be
 * written then is written in between.
 */
import type { Command } from "../freebsd/command.js";
import {
  fillDevice,
  makeFileSystem,
  mountDevice,
  showDevice,
  unmountDevice,
} from "../freebsd/device.js";
import { makeLink, readLink, removeFile, rename, replaceLink } from "../freebsd/files.js";
import { growImage } from "../freebsd/image.js";
import { formatMark } from "../freebsd/mark.js";
import { attachImage, detachImage, listDisks } from "../freebsd/memory-disk.js";
import type { MountEntry } from "../freebsd/mount.js";
import { filesDigest } from "./jail-contents.js";
import { observeSize, sizeText } from "./jail-image.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { Refused } from "./resource.js";
import { deviceOf, imageOf, ownPart, ownTree, unfinished } from "./thin.js";

/** Remembers which files were written while they could not be seen. */
export const writtenLink = (t: JailTarget): string => `${placeOf(t).path}/files`;

/** What is asked of a device, and of the disk that shows an image. */
export function observeDevice(t: JailTarget): Record<string, Command> {
  const image = imageOf(t.inputs, t.storage);
  return {
    ...(deviceOf(t.inputs) === undefined ? {} : { written: readLink(writtenLink(t)) }),
    ...(image === undefined ? {} : { disks: listDisks(image.file) }),
    ...observeSize(t),
  };
}

/** What is asked before a change: what the device carries. */
export function prepareDevice({ inputs, storage }: JailTarget): Record<string, Command> {
  const device = imageOf(inputs, storage)?.file ?? deviceOf(inputs);
  return device === undefined ? {} : { device: showDevice(device) };
}

/** An image is the jail's own and goes with it; a device stays. */
export function removeImage({ inputs, storage }: JailTarget): Command[] {
  const image = imageOf(inputs, storage);
  return image === undefined || image.partial !== undefined ? [] : [removeFile(image.file)];
}

/** Whether a mount is that of the jail's device, where the jail's file mounts it. */
export const isDeviceMount = ({ inputs, storage }: JailTarget, { from, on }: MountEntry) =>
  from === deviceOf(inputs) && on === ownTree(inputs, storage);

/**
 * Fills the device, mounted in the half-built jail, with the template's part. An image is made under another name:
 * what a run that died left of it is no jail's. One that is there already is taken when it carries our mark.
 */
export function planDevice(t: JailTarget, observed: JailObserved): Command[] {
  const { inputs } = t;
  const device = deviceOf(inputs);
  if (device === undefined) return [];
  const { partial } = placeOf(t);
  const directory = partial + ownPart(inputs);
  const kind = observed.device?.kind;
  const found = imageOf(inputs, t.storage);
  const image = found !== undefined && kind === "absent" ? unfinished(found) : found;
  return [
    ...(image === undefined ? [] : [attachImage(image, image.size)]),
    ...(kind === "empty" || kind === "absent" ? [makeFileSystem(device)] : []),
    ...mountDevice(device, directory),
    fillDevice({
      directory,
      from: inputs.base.path + (inputs.type === "thin" ? ownPart(inputs) : ""),
      mark: formatMark(t.mark),
      resolver: inputs.resolver === "host",
      adopt: inputs.adopt !== false,
    }),
    ...releaseDevice(t, { partial: true }),
    // One that a run left whole may have been smaller then. What is not ours has failed before this.
    ...(image !== undefined && kind === "carries" && inputs.type === "image"
      ? [...growImage(image, sizeText(inputs)), ...releaseDevice(t, { partial: true })]
      : []),
    ...(inputs.type === "image" ? [makeLink(sizeText(inputs), `${partial}/size`)] : []),
    ...(image === undefined || image === found ? [] : [rename(image.file, found!.file)]),
  ];
}

/** Runs what writes to the own part of a stopped jail while its device is mounted. */
export function withDevice(
  t: JailTarget,
  observed: JailObserved,
  commands: readonly Command[],
): Command[] {
  const device = deviceOf(t.inputs);
  if (device === undefined) return [...commands];
  if (commands.length === 0) return [];
  const image = imageOf(t.inputs, t.storage);
  return [
    ...(image === undefined ? [] : [attachImage(image)]),
    ...mountDevice(device, ownTree(t.inputs, t.storage)),
    ...commands,
    replaceLink(filesDigest(t.inputs, observed), writtenLink(t)),
    ...releaseDevice(t),
  ];
}

/** Takes the device out of the jail's directories, where a stop, a crash or a failure left it. */
export function releaseDevice(
  t: JailTarget,
  { partial = false, tries = 30 }: { partial?: boolean; tries?: number } = {},
): Command[] {
  const device = deviceOf(t.inputs);
  if (device === undefined) return [];
  const directory = partial ? placeOf(t).partial + ownPart(t.inputs) : ownTree(t.inputs, t.storage);
  const image = imageOf(t.inputs, t.storage);
  const images = image === undefined ? [] : partial ? [unfinished(image), image] : [image];
  return [unmountDevice(device, directory, tries), ...images.map(detachImage)];
}

/** What was being made when a run died, or failed. Removed before the half-built tree that tells of it. */
export function removeUnfinished({ inputs, storage }: JailTarget): Command[] {
  const image = imageOf(inputs, storage);
  if (image === undefined || image.partial !== undefined) return [];
  return [removeFile(unfinished(image).file)];
}

/** What a device carries that is not for us to overwrite is told before anything is done. */
export function refuseDevice(t: JailTarget, { device: state }: JailObserved): void {
  const device = deviceOf(t.inputs);
  if (device === undefined || state === undefined) return;
  const own = [ownTree(t.inputs, t.storage), placeOf(t).partial + ownPart(t.inputs)];
  const { kind, detail, mountedOn } = state;
  const image = imageOf(t.inputs, t.storage);
  const what = image === undefined ? `readWrite.device ${device}` : `the image ${image.file}`;
  const because = (reason: string) => new Refused(`${what} ${reason}`);
  if (mountedOn !== undefined && !own.includes(mountedOn))
    throw because(`is mounted on ${mountedOn}. Unmount it, or give another device.`);
  if (kind === "absent" && image === undefined)
    throw because("is not on the host. Make the partition, or give another.");
  if (kind === "empty" && image !== undefined)
    throw because("exists and holds no file system of ours: not touched. Move it away.");
  if (kind === "partitioned") throw because(`has partitions (${detail}). Give one of them.`);
  if (kind === "fault") throw because(`cannot be read: ${detail}`);
  if (kind === "carries" && detail !== "ufs") {
    throw because(`carries ${detail}, not UFS: not touched. Clear it, or give another device.`);
  }
}
