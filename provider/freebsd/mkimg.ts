/** Disk images of other systems' formats: mkimg(1). */
import { act, type Command } from "./command.js";
import { removeFile, rename } from "./files.js";

export const imageFormats = ["raw", "qcow2", "vmdk", "vhd"] as const;

export type ImageFormat = (typeof imageFormats)[number];

export interface Export {
  readonly format: ImageFormat;
  /** A file with a UFS and nothing else. */
  readonly file: string;
  /** Of the partition. */
  readonly label: string;
  readonly path: string;
}

/**
 * Cylinders of two megabytes, to which mkimg(1) rounds the sizes of VHDs up: QEMU takes a disk to be what whole cylinders
 * hold. There is room for 65535 of them.
 */
const geometry = ["-H", "128", "-T", "32"];
export const largestVhd = 65_535 * 2 ** 21;

/** Makes a disk with a GPT and the file system in it, beside, and gives it its name. */
export const exportImage = ({ format, file, label, path }: Export): Command[] => [
  removeFile(`${path}.new`),
  act(
    [
      "mkimg",
      "-f",
      format,
      "-o",
      `${path}.new`,
      ...(format === "vhd" ? geometry : []),
      "-s",
      "gpt",
      "-p",
      `freebsd-ufs/${label}:=${file}`,
    ],
    { deadline: 3600, title: `write ${path}` },
  ),
  rename(`${path}.new`, path),
];
