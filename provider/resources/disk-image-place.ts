/** Where a disk image and what belongs to it lie on their host. */
import { createHash } from "node:crypto";
import {
  imagesDirectory,
  marksDirectory,
  mediaDirectory,
  type Storage,
  stateDirectory,
} from "../freebsd/layout.js";
import { type FileDisk, memoryDisk } from "../freebsd/memory-disk.js";
import { type DiskImageInputs, type Import, sources } from "./disk-image-schema.js";
import type { Target } from "./resource.js";

export type DiskImageTarget = Target<DiskImageInputs>;

/** A file and the disk that shows it, whose number follows from its path. */
const diskOf = (file: string): FileDisk => ({ file, disk: memoryDisk(file) });

export const fileOf = ({ name }: DiskImageInputs, storage: Storage): string =>
  `${imagesDirectory(storage)}/${name}.img`;
/** A UFS, and nothing else. */
export const imageOf = ({ inputs, storage }: DiskImageTarget): FileDisk =>
  diskOf(fileOf(inputs, storage));
/** What it is called while it is made. */
export const freshOf = (t: DiskImageTarget): FileDisk => diskOf(`${imageOf(t).file}.new`);
/** What an import was unpacked to, and what that was converted to. */
export const unpackedFile = (t: DiskImageTarget): string => `${imageOf(t).file}.unpacked`;
export const convertedFile = (t: DiskImageTarget): string => `${imageOf(t).file}.disk`;
/** What an image is made of, whatever its file: one disk, so that nothing that is left has to be searched for. */
export const sourceDisk = (t: DiskImageTarget, file: string): FileDisk => ({
  file,
  disk: memoryDisk(convertedFile(t)),
});

/** Where it is mounted while it is filled, and where what it is made of. */
export const workOf = ({ inputs, storage }: DiskImageTarget): string =>
  `${stateDirectory(storage)}/image.${inputs.name}`;
export const fromOf = (t: DiskImageTarget): string => `${workOf(t)}.from`;

/** Archives by their digest: all stacks of a host share them. */
export const fetchedFile = ({ sha256 }: Import, storage: Storage): string =>
  `${mediaDirectory(storage)}/image-${sha256.slice(0, 16)}`;

export const markLink = ({ inputs, storage }: DiskImageTarget): string =>
  `${marksDirectory(storage)}/image.${inputs.name}`;
/** Says what the image was made of. */
export const sourceLink = (t: DiskImageTarget): string => `${markLink(t)}.source`;
/** Says where we mount it: a directory without it is somebody else's. */
export const mountLink = (t: DiskImageTarget): string => `${markLink(t)}.mount`;
/** Says that a copy is ours. */
export const exportLink = (t: DiskImageTarget, path: string): string =>
  `${markLink(t)}.${createHash("sha256").update(path).digest("hex").slice(0, 16)}`;

export const locksOf = ({ inputs }: DiskImageTarget): string[] => [
  `image.${inputs.name}`,
  ...(inputs.jail === undefined ? [] : [`jail.${inputs.jail.name}`]),
];

/** "source:base:15.1-RELEASE-full-1234abcd:2g": what cannot change under one name. */
export function sourceText(inputs: DiskImageInputs): string {
  const { base, jail, import: file, size } = inputs;
  const what = base?.templateName ?? jail?.name ?? file?.sha256;
  return `source:${kindOf(inputs)}:${what}:${(size ?? file?.partition ?? "").toLowerCase()}`;
}

export const kindOf = (inputs: DiskImageInputs): string =>
  sources.find((name) => inputs[name] !== undefined) ?? "";

/** Names of the inputs that are not what an image was made of. */
export function changedSince(text: string, inputs: DiskImageInputs): string[] {
  const [former, declared] = [text, sourceText(inputs)].map((each) => each.split(":"));
  if (former?.[1] !== declared?.[1]) return [`${former?.[1]} (now ${declared?.[1]})`];
  return [
    ...(former?.[2] === declared?.[2] ? [] : [kindOf(inputs)]),
    ...(former?.[3] === declared?.[3]
      ? []
      : [inputs.import === undefined ? "size" : "import.partition"]),
  ];
}
