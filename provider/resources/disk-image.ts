/** DiskImage: a base in a file with a file system, and copies of it in the formats of other systems. */
import { createHash } from "node:crypto";
import { act, type Command } from "../freebsd/command.js";
import { makeFileSystem, mountDevice, unmountDevice } from "../freebsd/device.js";
import {
  copyTree,
  listLinks,
  makeDirectory,
  parseLinks,
  parseStat,
  readLink,
  removeEmpty,
  removeFile,
  rename,
  replaceLink,
  statPaths,
} from "../freebsd/files.js";
import { imagesDirectory, marksDirectory } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { attachImage, detachImage } from "../freebsd/memory-disk.js";
import { exportImage } from "../freebsd/mkimg.js";
import {
  type DiskImageInputs,
  type DiskImageTarget,
  diskImageSchema,
  imageOf,
  markLink,
  workOf,
} from "./disk-image-schema.js";
import { isOurs, ownerOf } from "./ownership.js";
import { type Definition, type Plan, Refused, type Results } from "./resource.js";
import {
  observeStorage,
  parseStorage,
  planStorage,
  planTidy,
  type StorageObserved,
} from "./storage.js";
import { unfinished } from "./thin.js";

interface Observed {
  readonly storage: StorageObserved;
  readonly mark: string | undefined;
  /** What is there of the image, its unfinished form, the base and the exports. */
  readonly paths: ReadonlyMap<string, string>;
  /** Files that we exported, or were about to: links, and "export:FORMAT:PATH". */
  readonly exported: ReadonlyMap<string, string>;
}

const locksOf = ({ inputs }: DiskImageTarget): string[] => [`image.${inputs.name}`];

const exportLink = (t: DiskImageTarget, path: string): string =>
  `${markLink(t)}.${createHash("sha256").update(path).digest("hex").slice(0, 16)}`;

const exportText = ({ format, path }: DiskImageInputs["exports"][number]): string =>
  `export:${format}:${path}`;

function observe(t: DiskImageTarget): Record<string, Command> {
  const { inputs, storage } = t;
  const image = imageOf(inputs, storage);
  const exports = inputs.exports.map(({ path }) => path);
  const paths = [image.file, unfinished(image).file, workOf(t), inputs.base.path, ...exports];
  return {
    ...observeStorage(storage),
    mark: readLink(markLink(t)),
    paths: statPaths(paths),
    links: { ...listLinks(marksDirectory(storage)), unguarded: true },
  };
}

function parse(t: DiskImageTarget, results: Results): Observed {
  const links = [...parseLinks(results.links!)].filter(([path]) =>
    path.startsWith(`${markLink(t)}.`),
  );
  return {
    storage: parseStorage(t.storage, results),
    mark: results.mark!.status === 0 ? results.mark!.stdout.trim() : undefined,
    paths: parseStat(results.paths!),
    exported: new Map(links),
  };
}

function plan(t: DiskImageTarget, observed: Observed): Plan {
  refuse(t, observed);
  const { inputs, storage } = t;
  const { file } = imageOf(inputs, storage);
  const mark = formatMark(t.mark);
  const there = observed.paths.has(file);
  const remark = observed.mark === mark ? [] : [replaceLink(mark, markLink(t))];
  const left =
    observed.paths.has(unfinished(imageOf(inputs, storage)).file) || observed.paths.has(workOf(t));
  const claim = there ? remark : [...planStorage(storage, observed.storage), ...remark];
  const commands = [
    ...claim,
    ...(left ? cleanUp(t) : []),
    ...(there ? [] : build(t)),
    ...planExports(t, observed),
  ];
  const onFailure = commands.length === 0 ? {} : { onFailure: cleanUp(t, 1) };
  return { locks: locksOf(t), commands, ...onFailure };
}

function refuse(t: DiskImageTarget, { mark, paths, exported }: Observed): void {
  const { inputs, storage } = t;
  const { file } = imageOf(inputs, storage);
  if (mark !== undefined && !isOurs(mark, t))
    throw new Refused(`${file} is the image of ${ownerOf(mark)}. Choose another name.`);
  if (mark === undefined && paths.has(file))
    throw new Refused(`${file} exists, and nothing of ours made it. Choose another name.`);
  if (!paths.has(file) && paths.get(inputs.base.path) !== "Directory")
    throw new Refused(`the base ${inputs.base.path} is not on the host.`);
  const foreign = inputs.exports.find(
    ({ path }) => paths.has(path) && !exported.has(exportLink(t, path)),
  );
  if (foreign !== undefined)
    throw new Refused(`${foreign.path} exists, and nothing of ours made it: not overwritten.`);
}

/** Fills it under another name, and gives it its own when it is whole. */
function build(t: DiskImageTarget): Command[] {
  const { inputs, storage } = t;
  const image = imageOf(inputs, storage);
  const fresh = unfinished(image);
  const device = `/dev/${image.disk}`;
  return [
    makeDirectory(imagesDirectory(storage)),
    makeDirectory(workOf(t)),
    attachImage(fresh, image.size),
    makeFileSystem(device),
    ...mountDevice(device, workOf(t)),
    copyTree(inputs.base.path, workOf(t)),
    unmountDevice(device, workOf(t)),
    detachImage(fresh),
    act(["rmdir", workOf(t)]),
    rename(fresh.file, image.file),
  ];
}

/** Takes away what a run that died, or failed, left of an image that it was making. */
function cleanUp(t: DiskImageTarget, tries = 30): Command[] {
  const fresh = unfinished(imageOf(t.inputs, t.storage));
  return [
    unmountDevice(`/dev/${fresh.disk}`, workOf(t), tries),
    detachImage(fresh),
    removeFile(fresh.file),
    removeEmpty([workOf(t)]),
  ];
}

/** The link first: a file without it is somebody else's. */
function planExports(t: DiskImageTarget, { paths, exported }: Observed): Command[] {
  const { name, exports } = t.inputs;
  const { file } = imageOf(t.inputs, t.storage);
  const wanted = new Set(exports.map(({ path }) => exportLink(t, path)));
  const missing = exports.filter(
    (each) => !paths.has(each.path) || exported.get(exportLink(t, each.path)) !== exportText(each),
  );
  return [
    ...[...exported].filter(([link]) => !wanted.has(link)).flatMap(removeExport),
    ...missing.flatMap((each) => [
      ...(paths.has(each.path) ? [removeFile(each.path)] : []),
      replaceLink(exportText(each), exportLink(t, each.path)),
      ...exportImage({ ...each, file, label: name }),
    ]),
  ];
}

function removeExport([link, text]: [string, string]): Command[] {
  const path = text.replace(/^export:\w+:/, "");
  return [removeFile(`${path}.new`), removeFile(path), removeFile(link)];
}

function planAbsent(t: DiskImageTarget, observed: Observed): Plan {
  const locks = locksOf(t);
  const tidy = [
    removeEmpty([imagesDirectory(t.storage)]),
    ...planTidy(t.storage, observed.storage),
  ];
  if (observed.mark === undefined || !isOurs(observed.mark, t))
    return { locks, commands: [], tidy: tidy.length > 1 ? tidy : [] };
  const commands = [
    ...cleanUp(t),
    ...[...observed.exported].flatMap(removeExport),
    removeFile(imageOf(t.inputs, t.storage).file),
    removeFile(markLink(t)),
  ];
  return { locks, commands, tidy };
}

/** An image that others may have copied does not change under its name. */
function refuseChanges({ name, size, base }: DiskImageInputs, olds: Record<string, unknown>) {
  if (olds.name !== name) return [];
  const template = (olds.base as DiskImageInputs["base"] | undefined)?.templateName;
  const changed = [
    ...(olds.size === size ? [] : ["size"]),
    ...(template === base.templateName ? [] : ["base"]),
  ];
  if (changed.length === 0) return [];
  const reason = `${changed.join(" and ")} changed: an image is immutable, give it another name`;
  return [{ property: "name", reason }];
}

export const diskImage: Definition<DiskImageInputs, Observed> = {
  kind: "DiskImage",
  schema: diskImageSchema,
  effects: { host: "connection", name: "replace", base: "none", size: "none", exports: "live" },
  rebuildable: true,
  title: ({ name }) => `image ${name}`,
  predict: (inputs, storage) => ({ path: imageOf(inputs, storage).file }),
  refuse: (inputs, olds) => (olds === undefined ? [] : refuseChanges(inputs, olds)),
  observe,
  parse,
  exists: ({ mark }) => mark !== undefined,
  plan,
  planAbsent,
  outputs: (t) => diskImage.predict(t.inputs, t.storage),
  drifted(t, { paths }) {
    const { inputs, storage } = t;
    if (!paths.has(imageOf(inputs, storage).file)) return { ...inputs, exports: [] };
    return { ...inputs, exports: inputs.exports.filter(({ path }) => paths.has(path)) };
  },
};
