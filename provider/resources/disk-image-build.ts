/** Making an image's file: filled under another name, and renamed when it is whole. */
import type { Command } from "../freebsd/command.js";
import { act } from "../freebsd/command.js";
import { makeFileSystem, mountDevice, preen, unmountDevice } from "../freebsd/device.js";
import { attachReadOnly, detachDisk, mountReadOnly } from "../freebsd/disk-image.js";
import {
  convertImage,
  copyFileSystem,
  copyOwnTree,
  mustHaveRested,
  unpackImage,
} from "../freebsd/disk-import.js";
import {
  copyTree,
  makeDirectory,
  removeEmpty,
  removeFile,
  rename,
  replaceLink,
} from "../freebsd/files.js";
import { imagesDirectory, place } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { attachImage } from "../freebsd/memory-disk.js";
import { fetchFile, verifyDigest } from "../freebsd/release.js";
import { cloneSnapshot, destroyDataset, snapshot } from "../freebsd/zfs.js";
import {
  convertedFile,
  type DiskImageTarget,
  fetchedFile,
  freshOf,
  fromOf,
  imageOf,
  sourceDisk,
  sourceLink,
  sourceText,
  unpackedFile,
  workOf,
} from "./disk-image-place.js";
import type { Import } from "./disk-image-schema.js";
import type { Download } from "./progress.js";
import { imageOf as jailImage } from "./thin.js";

/** The commands that make the image. */
export function buildImage(t: DiskImageTarget): Command[] {
  const { base, jail, import: file } = t.inputs;
  const filling =
    file !== undefined
      ? importFile(t, file)
      : fill(t, jail === undefined ? [copyTree(base!.path, workOf(t))] : copyJail(t, jail));
  return [
    makeDirectory(imagesDirectory(t.storage)),
    ...filling,
    replaceLink(sourceText(t.inputs), sourceLink(t)),
    rename(freshOf(t).file, imageOf(t).file),
  ];
}

/** Makes a file system of the declared size, and has it filled. */
function fill(t: DiskImageTarget, filling: readonly Command[]): Command[] {
  const fresh = freshOf(t);
  const device = `/dev/${fresh.disk}`;
  return [
    makeDirectory(workOf(t)),
    attachImage(fresh, t.inputs.size),
    makeFileSystem(device),
    ...mountDevice(device, workOf(t)),
    ...filling,
    unmountDevice(device, workOf(t)),
    detachDisk(fresh),
    act(["rmdir", workOf(t)]),
  ];
}

type JailSource = NonNullable<DiskImageTarget["inputs"]["jail"]>;

/** The dataset that a jail lives in: a snapshot of it is at rest though the jail runs. */
export function datasetOf(t: DiskImageTarget): string | undefined {
  const { jail } = t.inputs;
  if (jail === undefined || jail.type === "image") return undefined;
  return place(t.storage, "containers", jail.name).dataset;
}

/** The snapshot, and the clone through which it is seen. */
function snapshotOf({ inputs }: DiskImageTarget, dataset: string) {
  // No jail's name has a dot.
  return { taken: `${dataset}@image.${inputs.name}`, clone: `${dataset}.image.${inputs.name}` };
}

function copyJail(t: DiskImageTarget, { name, type }: JailSource): Command[] {
  const { path } = place(t.storage, "containers", name);
  const dataset = datasetOf(t);
  if (dataset !== undefined) {
    const { taken, clone } = snapshotOf(t, dataset);
    return [
      snapshot(taken),
      cloneSnapshot(taken, clone, formatMark(t.mark)),
      copyTree(`${path}.image.${t.inputs.name}`, workOf(t)),
      destroyDataset(clone),
      destroyDataset(taken),
    ];
  }
  if (type !== "image") return [copyOwnTree(path, workOf(t)), mustHaveRested(name)];
  const { file } = jailImage({ name, type, image: { size: "" } }, t.storage)!;
  const source = sourceDisk(t, file);
  const device = `/dev/${source.disk}`;
  return [
    makeDirectory(fromOf(t)),
    attachReadOnly(source),
    mountReadOnly(device, fromOf(t)),
    copyTree(fromOf(t), workOf(t)),
    unmountDevice(device, fromOf(t)),
    detachDisk(source),
    act(["rmdir", fromOf(t)]),
    mustHaveRested(name),
  ];
}

/** Where an import's file lies on the host, or will lie. */
const localFile = (t: DiskImageTarget, file: Import): string =>
  file.path ?? fetchedFile(file, t.storage);

const isPacked = ({ url, path }: Import): boolean => (url ?? path ?? "").endsWith(".xz");

export const downloadsOf = (t: DiskImageTarget, file: Import): Download[] =>
  file.url === undefined
    ? []
    : [{ name: file.url.split("/").at(-1)!, url: file.url, file: `${localFile(t, file)}.part` }];

/** Verified once more where it lies, unpacked, converted, and its file system copied out. */
function importFile(t: DiskImageTarget, file: Import): Command[] {
  const { url, sha256, format, partition = "" } = file;
  const local = localFile(t, file);
  const unpacked = isPacked(file) ? unpackedFile(t) : local;
  const raw = format === "raw" ? unpacked : convertedFile(t);
  const source = sourceDisk(t, raw);
  const fresh = freshOf(t);
  return [
    ...(url === undefined ? [] : [fetchFile(url, local, sha256, "the declaration")]),
    verifyDigest(sha256, local),
    ...(unpacked === local ? [] : [unpackImage(local, unpacked)]),
    ...(raw === unpacked ? [] : [convertImage(format, unpacked, raw)]),
    attachReadOnly(source),
    copyFileSystem(source.disk, partition, fresh.file),
    detachDisk(source),
    removeFile(unpackedFile(t)),
    removeFile(convertedFile(t)),
    // What was not unmounted where it comes from is mended, or told of.
    attachImage(fresh),
    act(preen(`/dev/${fresh.disk}`), { deadline: 600 }),
    detachDisk(fresh),
  ];
}

/** Takes away what a run that died, or failed, left of what it was making. */
export function cleanUp(t: DiskImageTarget, tries = 30): Command[] {
  const fresh = freshOf(t);
  const source = sourceDisk(t, "the source of the image");
  const dataset = datasetOf(t);
  const { taken, clone } = snapshotOf(t, dataset ?? "");
  return [
    unmountDevice(`/dev/${fresh.disk}`, workOf(t), tries),
    unmountDevice(`/dev/${source.disk}`, fromOf(t), tries),
    detachDisk(fresh),
    detachDisk(source),
    ...(dataset === undefined ? [] : [destroyDataset(clone), destroyDataset(taken)]),
    ...[fresh.file, unpackedFile(t), convertedFile(t)].map(removeFile),
    removeEmpty([workOf(t), fromOf(t)]),
  ];
}
