import * as pulumi from "@pulumi/pulumi";
import type { BaseRelease } from "./base-release.js";
import type { HostArgs } from "./host.js";
import type { Jail } from "./jail.js";
import type { LinuxBase } from "./linux-base.js";
import { baseInput, FreebsdResource } from "./resource.js";

/** A copy of the image for another system. */
export interface DiskImageExportArgs {
  /** Format, by mkimg(1): a disk with a GPT and the image as its only partition. */
  format: pulumi.Input<"raw" | "qcow2" | "vmdk" | "vhd">;
  /** Absolute path on the host, in a directory that is there. A file that is there already is never overwritten. */
  path: pulumi.Input<string>;
}

/** A disk or a file system that others made. One of `url` and `path`. */
export interface DiskImageImportArgs {
  /** http or https URL. What is fetched is kept in `media` below the host's `root` while the host has images. */
  url?: pulumi.Input<string>;
  /** Absolute path on the host. */
  path?: pulumi.Input<string>;
  /** SHA-256 of the file as it is, compressed where it is. */
  sha256: pulumi.Input<string>;
  /**
   * Of the file, or of what is in it when its name ends with `.xz`. `"raw"` are the sectors of a disk (an AMI), or of
   * one file system. The others need qemu-img(1) on the host: `pkg install qemu-tools`.
   */
  format: pulumi.Input<"raw" | "qcow2" | "vmdk" | "vhd">;
  /**
   * The partition with the UFS, by what gpart(8) adds to the disk's name: `"p4"` (GPT), `"s1a"` (MBR). Default: the only
   * one of type freebsd-ufs; the whole disk where it has no partitions.
   */
  partition?: pulumi.Input<string>;
}

/** Exactly one of `base`, `jail` and `import`. Another one, or another size, needs another name. */
export interface DiskImageArgs {
  /** The host. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
  /** Name of the image: as a jail's. Default: the resource's name. Another name makes another image. */
  name?: pulumi.Input<string>;
  /** The full base of the same host that the image is filled from. */
  base?: BaseRelease | LinuxBase;
  /**
   * The jail of the same host whose tree the image is filled from, as it is when the image is made. A `thick` jail or a
   * `clone` on ZFS may run, a snapshot is copied; others have to be stopped, and a `thin` one is refused.
   */
  jail?: Jail;
  /** The image that others made; or its name in the stack's configuration `freebsd:images`. */
  import?: pulumi.Input<string> | DiskImageImportArgs;
  /**
   * Size of the file and the file system in it, e.g. `"2g"`; the host gives room as far as it is filled. Required, but
   * for an import, which has its own.
   */
  size?: pulumi.Input<string>;
  /**
   * Absolute path where the image is mounted, read-only. It must not be there: the directory is made, and removed again.
   * Default: nowhere. A change mounts it elsewhere.
   */
  mountAt?: pulumi.Input<string>;
  /** Copies in the formats of other systems. Made and removed as they are declared. Default none. */
  exports?: pulumi.Input<pulumi.Input<DiskImageExportArgs>[]>;
}

/**
 * A UFS in a sparse file, `images/<name>.img` below the host's `root`: a base, a jail, or an image that others made.
 * Immutable but for `exports` and `mountAt`. Deleting the resource deletes the file and its exports.
 */
export class DiskImage extends FreebsdResource {
  declare public readonly name: pulumi.Output<string>;
  /** The file on the host. */
  declare public readonly path: pulumi.Output<string>;
  /** Input `size`. */
  declare public readonly size: pulumi.Output<string | undefined>;
  /** Input `mountAt`, where it is given: a base can be made of what is mounted there, `directory: image.mountAt`. */
  declare public readonly mountAt: pulumi.Output<string>;

  constructor(name: string, args: DiskImageArgs, options?: pulumi.CustomResourceOptions) {
    const { base, jail } = args;
    const properties = {
      ...args,
      name: args.name ?? name,
      ...(base && { base: baseInput(base) }),
      ...(jail && { jail: { name: jail.name, type: jail.type } }),
      ...(args.import && { images: catalogue() }),
      ...{ size: args.size, mountAt: args.mountAt, path: undefined },
    };
    super("diskImage", "DiskImage", name, args, properties, options);
  }
}

/** Images by their names. */
const catalogue = (): unknown => new pulumi.Config("freebsd").getObject("images") ?? {};
