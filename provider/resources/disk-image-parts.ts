/** What an image has beside its file: copies in other formats, and a directory where it is mounted. */
import type { Command } from "../freebsd/command.js";
import { unmountDevice } from "../freebsd/device.js";
import {
  attachReadOnly,
  detachDisk,
  makeMountPoint,
  mountReadOnly,
} from "../freebsd/disk-image.js";
import { removeEmpty, removeFile, replaceLink } from "../freebsd/files.js";
import { exportImage } from "../freebsd/mkimg.js";
import {
  type DiskImageObserved,
  exportText,
  isExported,
  isMounted,
  isThere,
} from "./disk-image-picture.js";
import { type DiskImageTarget, exportLink, imageOf, mountLink } from "./disk-image-place.js";
import { Refused } from "./resource.js";

/** Copies that are not declared any more are removed first. The link comes before the file, which is ours then. */
export function planExports(t: DiskImageTarget, observed: DiskImageObserved): Command[] {
  const { name, exports } = t.inputs;
  const { file } = imageOf(t);
  const wanted = new Set(exports.map(({ path }) => exportLink(t, path)));
  // A new image is not what its copies were made of.
  const missing = exports.filter((each) => !isThere(t, observed) || !isExported(t, observed, each));
  return [
    ...[...observed.exported].filter(([link]) => !wanted.has(link)).flatMap(removeExport),
    ...missing.flatMap((each) => [
      ...(observed.paths.has(each.path) ? [removeFile(each.path)] : []),
      replaceLink(exportText(each), exportLink(t, each.path)),
      ...exportImage({ ...each, file, label: name }),
    ]),
  ];
}

export function removeExport([link, text]: [string, string]): Command[] {
  const path = text.replace(/^export:\w+:/, "");
  return [removeFile(`${path}.new`), removeFile(path), removeFile(link)];
}

/** Somebody else's files and directories are left alone. */
export function refuseParts(t: DiskImageTarget, observed: DiskImageObserved): void {
  const { paths, exported, taken, mountPoint, mounted } = observed;
  const { exports, mountAt } = t.inputs;
  const owner = (path: string) =>
    taken.has(path)
      ? `belongs to the image ${taken.get(path)}`
      : "exists, and nothing of ours made it";
  for (const { path } of exports) {
    const known = exported.has(exportLink(t, path));
    const foreign = [path, `${path}.new`].find((each) => paths.has(each) && !known);
    if (foreign !== undefined)
      throw new Refused(`${foreign} ${owner(foreign)}: not overwritten. Name another file.`);
  }
  if (mountAt === undefined || isMounted(t, observed)) return;
  if (mounted !== undefined && !taken.has(mountAt))
    throw new Refused(`mountAt: ${mounted} is mounted at ${mountAt}. Unmount it.`);
  if (paths.has(mountAt) && mountPoint !== mountAt)
    throw new Refused(
      `mountAt: ${mountAt} ${owner(mountAt)}. Name a directory that is not there yet.`,
    );
  const parent = mountAt.slice(0, mountAt.lastIndexOf("/")) || "/";
  if (paths.get(parent) !== "Directory")
    throw new Refused(`mountAt: ${parent} is no directory of the host. Make it first.`);
}

/** Takes the image from where it is mounted and not declared to be, or all of it. */
export function planUnmount(t: DiskImageTarget, observed: DiskImageObserved): Command[] {
  const { mountPoint, disks } = observed;
  const image = imageOf(t);
  if (mountPoint === undefined && !disks.includes(image.disk)) return [];
  const where = mountPoint === undefined ? [] : [mountPoint];
  return [
    ...where.map((path) => unmountDevice(`/dev/${image.disk}`, path)),
    detachDisk(image),
    removeEmpty(where),
    removeFile(mountLink(t)),
  ];
}

/** Mounts it where it is declared to be, in a directory that the link says is ours. */
export function planMount(t: DiskImageTarget): Command[] {
  const { mountAt } = t.inputs;
  if (mountAt === undefined) return [];
  const image = imageOf(t);
  return [
    replaceLink(`mount:${mountAt}`, mountLink(t)),
    makeMountPoint(mountAt),
    attachReadOnly(image),
    mountReadOnly(`/dev/${image.disk}`, mountAt),
  ];
}

/** Whether it is mounted where it is declared to be, and nowhere else. */
export function isPlaced(t: DiskImageTarget, observed: DiskImageObserved): boolean {
  const { mountPoint, disks } = observed;
  const { mountAt } = t.inputs;
  if (mountPoint !== mountAt) return false;
  return mountAt === undefined ? !disks.includes(imageOf(t).disk) : isMounted(t, observed);
}
