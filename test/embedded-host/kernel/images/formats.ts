/** Formats of disk images, after their specifications: what mkimg(1) makes of the sectors of a disk. */
import { encodeQcow2 } from "./qcow2.js";
import { encodeFixedVhd, encodeVhd, type Geometry } from "./vhd.js";
import { encodeVmdk } from "./vmdk.js";

/** What a format does to sizes: disks have whole units of so many bytes. */
export interface Format {
  /** Bytes to which the size of the disk is rounded up. */
  readonly unit: number;
  encode(disk: Buffer, given?: Geometry): Buffer;
}

const raw: Format = { unit: 512, encode: (disk) => disk };

/** In the order in which mkimg(1) lists them; those without an encoder are not modelled. */
export const formats: Readonly<Record<string, Format | undefined>> = {
  vmdk: { unit: 65536, encode: encodeVmdk },
  vhdx: undefined,
  vhdf: { unit: 512, encode: encodeFixedVhd },
  vhd: { unit: 2 * 1024 * 1024, encode: encodeVhd },
  raw,
  qcow2: { unit: 65536, encode: encodeQcow2 },
  qcow: undefined,
};
