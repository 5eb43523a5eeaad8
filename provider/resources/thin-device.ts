/**
 * A thin jail whose read-write part is a device. The jail's fstab mounts it; while the jail does not run it is not
 * mounted, so that rc.d/jail can start it without us. What has to be written then is written in between.
 */
import type { Command } from "../freebsd/command.js";
import {
  fillDevice,
  makeFileSystem,
  mountDevice,
  showDevice,
  unmountDevice,
} from "../freebsd/device.js";
import { readLink, removeFile, replaceLink } from "../freebsd/files.js";
import { formatMark } from "../freebsd/mark.js";
import { attachImage, detachImage, listDisks } from "../freebsd/memory-disk.js";
import type { MountEntry } from "../freebsd/mount.js";
import { filesDigest } from "./jail-conf.js";
import type { JailObserved } from "./jail-picture.js";
import { type JailTarget, placeOf } from "./jail-place.js";
import { Refused } from "./resource.js";
import { deviceOf, imageOf, skeletonOf } from "./thin.js";

/** Remembers which files were written while they could not be seen. */
export const writtenLink = (t: JailTarget): string => `${placeOf(t).path}/files`;

/** What is asked of a device, and of the disk that shows an image. */
export function observeDevice(t: JailTarget): Record<string, Command> {
  const image = imageOf(t.inputs, t.storage);
  return {
    ...(deviceOf(t.inputs) === undefined ? {} : { written: readLink(writtenLink(t)) }),
    ...(image === undefined ? {} : { disks: listDisks(image.file) }),
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
  return image === undefined ? [] : [removeFile(image.file)];
}

/** Whether a mount is that of the jail's device, where the jail's file mounts it. */
export const isSkeletonMount = ({ inputs, storage }: JailTarget, { from, on }: MountEntry) =>
  from === deviceOf(inputs) && on === skeletonOf(inputs, storage);

/** Fills the device, mounted in the half-built jail, with the template's part. */
export function planDevice(t: JailTarget, observed: JailObserved): Command[] {
  const { inputs } = t;
  const device = deviceOf(inputs);
  if (device === undefined) return [];
  const directory = `${placeOf(t).partial}/skeleton`;
  const image = imageOf(inputs, t.storage);
  const kind = observed.device?.kind;
  return [
    ...(image === undefined ? [] : [attachImage(image, image.size)]),
    ...(kind === "empty" || kind === "absent" ? [makeFileSystem(device)] : []),
    ...mountDevice(device, directory),
    fillDevice({
      directory,
      from: `${inputs.base.path}/skeleton`,
      mark: formatMark(t.mark),
      resolver: inputs.resolver === "host",
      adopt: inputs.adopt,
    }),
    ...releaseDevice(t, { partial: true }),
  ];
}

/** Runs what writes to the read-write part of a stopped jail while its device is mounted. */
export function withDevice(t: JailTarget, commands: readonly Command[]): Command[] {
  const device = deviceOf(t.inputs);
  if (device === undefined) return [...commands];
  if (commands.length === 0) return [];
  const image = imageOf(t.inputs, t.storage);
  return [
    ...(image === undefined ? [] : [attachImage(image)]),
    ...mountDevice(device, skeletonOf(t.inputs, t.storage)),
    ...commands,
    replaceLink(filesDigest(t.inputs), writtenLink(t)),
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
  const directory = partial ? `${placeOf(t).partial}/skeleton` : skeletonOf(t.inputs, t.storage);
  const image = imageOf(t.inputs, t.storage);
  return [
    unmountDevice(device, directory, tries),
    ...(image === undefined ? [] : [detachImage(image)]),
  ];
}

/** What a device carries that is not for us to overwrite is told before anything is done. */
export function refuseDevice(t: JailTarget, { device: state }: JailObserved): void {
  const device = deviceOf(t.inputs);
  if (device === undefined || state === undefined) return;
  const own = [skeletonOf(t.inputs, t.storage), `${placeOf(t).partial}/skeleton`];
  const { kind, detail, mountedOn } = state;
  const image = imageOf(t.inputs, t.storage);
  const what = image === undefined ? `readWrite.device ${device}` : `the image ${image.file}`;
  const because = (reason: string) => new Refused(`${what} ${reason}`);
  if (mountedOn !== undefined && !own.includes(mountedOn))
    throw because(`is mounted on ${mountedOn}. Unmount it, or give another device.`);
  if (kind === "absent" && image === undefined)
    throw because("is not on the host. Make the partition, or give another.");
  if (kind === "partitioned") throw because(`has partitions (${detail}). Give one of them.`);
  if (kind === "fault") throw because(`cannot be read: ${detail}`);
  if (kind === "carries" && detail !== "ufs") {
    throw because(`carries ${detail}, not UFS: not touched. Clear it, or give another device.`);
  }
}
