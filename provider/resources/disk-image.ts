/** DiskImage: a file system in a file, of a base, a jail or an image that others made; immutable but for what is beside it. */
import type { Command } from "../freebsd/command.js";
import { dropFetchedImages } from "../freebsd/disk-import.js";
import { removeEmpty, removeFile, replaceLink } from "../freebsd/files.js";
import { imagesDirectory, marksDirectory, mediaDirectory } from "../freebsd/layout.js";
import { formatMark } from "../freebsd/mark.js";
import { buildImage, cleanUp, datasetOf, downloadsOf } from "./disk-image-build.js";
import {
  isPlaced,
  planExports,
  planMount,
  planUnmount,
  refuseParts,
  removeExport,
} from "./disk-image-parts.js";
import {
  type DiskImageObserved,
  hasLeftovers,
  isExported,
  isMounted,
  isThere,
  observeDiskImage,
  parseDiskImage,
  prepareDiskImage,
} from "./disk-image-picture.js";
import {
  changedSince,
  type DiskImageTarget,
  fileOf,
  imageOf,
  locksOf,
  markLink,
  sourceLink,
  sourceText,
} from "./disk-image-place.js";
import { type DiskImageInputs, diskImageSchema } from "./disk-image-schema.js";
import { isOurs, ownerOf } from "./ownership.js";
import { type Definition, type Plan, Refused } from "./resource.js";
import { planStorage, planTidy } from "./storage.js";

function plan(t: DiskImageTarget, observed: DiskImageObserved): Plan {
  refuse(t, observed);
  const mark = formatMark(t.mark);
  const there = isThere(t, observed);
  const { import: file } = t.inputs;
  const remark = observed.mark === mark ? [] : [replaceLink(mark, markLink(t))];
  const claim = there ? remark : [...planStorage(t.storage, observed.storage), ...remark];
  const placed = there && isPlaced(t, observed);
  const lost = there && observed.source === undefined;
  const commands = [
    ...claim,
    ...(hasLeftovers(t, observed) ? cleanUp(t) : []),
    ...(placed ? [] : planUnmount(t, observed)),
    ...(there ? [] : buildImage(t)),
    ...(lost ? [replaceLink(sourceText(t.inputs), sourceLink(t))] : []),
    ...(placed ? [] : planMount(t)),
    ...planExports(t, observed),
  ];
  return {
    ...{ locks: locksOf(t), lockTimeout: 4 * 3600, commands },
    ...(there || file === undefined ? {} : { downloads: downloadsOf(t, file) }),
    ...(commands.length === 0 ? {} : { onFailure: cleanUp(t, 1) }),
  };
}

function refuse(t: DiskImageTarget, observed: DiskImageObserved): void {
  const { mark, source } = observed;
  const { file } = imageOf(t);
  const there = isThere(t, observed);
  if (mark !== undefined && !isOurs(mark, t))
    throw new Refused(`${file} is the image of ${ownerOf(mark)}. Choose another name.`);
  if (mark === undefined && there)
    throw new Refused(`${file} exists, and nothing of ours made it. Choose another name.`);
  const changed = there && source !== undefined ? changedSince(source, t.inputs) : [];
  if (changed.length > 0) {
    throw new Refused(
      `${changed.join(" and ")} changed: an image is immutable, since others may have copied it. Give it another name.`,
    );
  }
  if (!there) refuseSource(t, observed);
  refuseParts(t, observed);
}

/** What it cannot be made of is told before anything is touched. */
function refuseSource(t: DiskImageTarget, { paths, running, converter }: DiskImageObserved): void {
  const { base, jail, import: file } = t.inputs;
  if (base !== undefined && paths.get(base.path) !== "Directory")
    throw new Refused(`the base ${base.path} is not on the host.`);
  if (file?.path !== undefined && !paths.has(file.path))
    throw new Refused(`import.path: ${file.path} is not on the host.`);
  if (converter === false) {
    throw new Refused(
      `an image of format ${file?.format} is converted by qemu-img(1), which is not on the host. Install it there: ` +
        "pkg install qemu-tools",
    );
  }
  if (running === true && datasetOf(t) === undefined) {
    throw new Refused(
      `jail ${jail?.name} runs, and its files change while they are copied. Stop it (running: false) until the image ` +
        "is made. On ZFS a jail that is no image can run meanwhile: a snapshot is copied.",
    );
  }
}

function planAbsent(t: DiskImageTarget, observed: DiskImageObserved): Plan {
  const locks = locksOf(t);
  const layout = planTidy(t.storage, observed.storage);
  const own = [
    removeEmpty([imagesDirectory(t.storage)]),
    dropFetchedImages(marksDirectory(t.storage), mediaDirectory(t.storage)),
  ];
  const tidy = layout.length === 0 ? [] : [...own, ...layout];
  if (observed.mark === undefined || !isOurs(observed.mark, t))
    return { locks, commands: [], tidy };
  const commands: Command[] = [
    ...cleanUp(t),
    ...planUnmount(t, observed),
    ...[...observed.exported].flatMap(removeExport),
    removeFile(imageOf(t).file),
    removeFile(sourceLink(t)),
    removeFile(markLink(t)),
  ];
  return { locks, commands, tidy };
}

/** What cannot change is refused when it is tried: an image that is not there yet can still become another one. */
const immutable = "another one needs another name, once the image is made";

export const diskImage: Definition<DiskImageInputs, DiskImageObserved> = {
  kind: "DiskImage",
  schema: diskImageSchema,
  effects: {
    host: "connection",
    name: "replace",
    base: "refused",
    jail: "refused",
    import: "refused",
    size: "refused",
    mountAt: "live",
    exports: "live",
    path: "live",
  },
  rebuildable: true,
  title: ({ name }) => `image ${name}`,
  predict: (inputs, storage) => ({ path: fileOf(inputs, storage) }),
  explain(key, from) {
    const effect = diskImage.effects[key] ?? "live";
    if (key === "path" && from === "") return { effect, detail: "its file is gone and made again" };
    return { effect, detail: effect === "refused" ? `${key}: ${immutable}` : key };
  },
  observe: observeDiskImage,
  prepare: (t, goal): Record<string, Command> => (goal === "absent" ? {} : prepareDiskImage(t)),
  parse: parseDiskImage,
  exists: ({ mark }) => mark !== undefined,
  plan,
  planAbsent,
  outputs: (t, observed) => ({ path: isThere(t, observed) ? imageOf(t).file : "" }),
  drifted(t, observed) {
    const { inputs } = t;
    return {
      ...inputs,
      exports: inputs.exports.filter((each) => isExported(t, observed, each)),
      mountAt: isMounted(t, observed) ? inputs.mountAt : undefined,
      ...(isThere(t, observed) ? {} : { path: "" }),
    };
  },
};
