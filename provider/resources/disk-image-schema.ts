/** What a program may declare of a DiskImage, and where it lies on its host. */
import { z } from "zod";
import {
  imagesDirectory,
  marksDirectory,
  type Storage,
  stateDirectory,
} from "../freebsd/layout.js";
import { imageFormats } from "../freebsd/mkimg.js";
import { hostPath, jailName } from "../freebsd/names.js";
import { baseShape, imageShape } from "./jail-inputs.js";
import type { Target } from "./resource.js";
import { type Image, memoryDisk } from "./thin.js";

const exported = z.strictObject({ format: z.enum(imageFormats), path: hostPath });

export const diskImageSchema = z
  .object({
    host: z.unknown(),
    owner: z.string(),
    name: jailName,
    base: baseShape,
    size: imageShape.shape.size,
    exports: z.array(exported).default([]),
  })
  .superRefine(({ base, exports }, context) => {
    const issue = (path: (string | number)[], message: string) =>
      context.addIssue({ code: "custom", path, message });
    if (base.kind === "split") issue(["base"], "is split: an image is made of a full base");
    exports.forEach(({ path }, i) => {
      const first = exports.findIndex((each) => each.path === path);
      if (first !== i) issue(["exports", i, "path"], `${path} is given twice`);
    });
  });

export type DiskImageInputs = z.infer<typeof diskImageSchema>;
export type DiskImageTarget = Target<DiskImageInputs>;

export const imageOf = ({ name, size }: DiskImageInputs, storage: Storage): Image => ({
  file: `${imagesDirectory(storage)}/${name}.img`,
  // No jail has a dot in its name: its disk is another one.
  disk: memoryDisk(`image.${name}`),
  size,
});

export const markLink = ({ inputs, storage }: DiskImageTarget): string =>
  `${marksDirectory(storage)}/image.${inputs.name}`;

/** Where it is mounted while it is filled. */
export const workOf = ({ inputs, storage }: DiskImageTarget): string =>
  `${stateDirectory(storage)}/image.${inputs.name}`;
