import type * as pulumi from "@pulumi/pulumi";
import type { BaseRelease } from "./base-release.js";
import type { HostArgs } from "./host.js";
import { baseInput, FreebsdResource } from "./resource.js";

/** A copy of the image for another system. */
export interface DiskImageExportArgs {
  /** Format, by mkimg(1): a disk with a GPT and the image as its only partition. */
  format: pulumi.Input<"raw" | "qcow2" | "vmdk" | "vhd">;
  /** Absolute path on the host, in a directory that is there. A file that is there already is never overwritten. */
  path: pulumi.Input<string>;
}

export interface DiskImageArgs {
  /** The host. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
  /** Name of the image: as a jail's. Default: the resource's name. Another name makes another image. */
  name?: pulumi.Input<string>;
  /** The full base of the same host that the image is filled from. */
  base: BaseRelease;
  /** Size of the file and the file system in it, e.g. `"2g"`; the host gives room as far as it is filled. */
  size: pulumi.Input<string>;
  /** Copies in the formats of other systems. Made and removed as they are declared. Default none. */
  exports?: pulumi.Input<pulumi.Input<DiskImageExportArgs>[]>;
}

/**
 * A base in a sparse file with a UFS, `images/<name>.img` below the host's `root`. Immutable but for its exports: another
 * base or size needs another name. Deleting the resource deletes the file and its exports.
 */
export class DiskImage extends FreebsdResource {
  declare public readonly name: pulumi.Output<string>;
  /** The file on the host. */
  declare public readonly path: pulumi.Output<string>;
  declare public readonly size: pulumi.Output<string>;

  constructor(name: string, args: DiskImageArgs, options?: pulumi.CustomResourceOptions) {
    const properties = {
      ...args,
      name: args.name ?? name,
      base: baseInput(args.base),
      path: undefined,
    };
    super("diskImage", "DiskImage", name, args, properties, options);
  }
}
