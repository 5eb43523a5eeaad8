import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host.js";
import { FreebsdResource } from "./resource.js";

export interface BaseReleaseArgs {
  /** The host, and where on it things are kept. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
  /**
   * Release, e.g. `"14.3-RELEASE"`; must not be newer than the host's kernel. A change replaces the template: the
   * new one is built beside the old one.
   */
  release: pulumi.Input<string>;
  /** Distribution sets: `base` and e.g. `lib32`, `src`, `ports`. Default `["base"]`. A change replaces. */
  sets?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * URL of a mirror, above its `releases/`. https; http only when every set is pinned by `sha256`. Default
   * `https://download.freebsd.org`. Used when the template is built; a change alone rebuilds nothing.
   */
  mirror?: pulumi.Input<string>;
  /** Directory on the host with the sets and their MANIFEST, instead of a mirror. A change replaces. */
  dist?: pulumi.Input<string>;
  /**
   * SHA-256 of sets by name, held against MANIFEST before anything is fetched, and against the archives. Default:
   * MANIFEST alone. A change replaces.
   */
  sha256?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A FreeBSD base system on a host, from which jails are made: fetched, verified, extracted beside its final name and
 * renamed when it is whole; on ZFS with a snapshot for clones.
 *
 * Immutable, and shared: stacks that declare the same release, sets and pins on one host use one template, each with
 * a link of its own; the last one that deletes it removes it.
 */
export class BaseRelease extends FreebsdResource {
  /** Name of the template: release, kind and a digest of the specification. */
  declare public readonly templateName: pulumi.Output<string>;
  /** Directory of the template on the host. */
  declare public readonly path: pulumi.Output<string>;
  /** Its dataset, empty when the host has none. */
  declare public readonly dataset: pulumi.Output<string>;
  /** The release that was asked for. */
  declare public readonly release: pulumi.Output<string>;
  /** Version that the tree itself states in bin/freebsd-version, e.g. `"14.3-RELEASE-p2"`. */
  declare public readonly userland: pulumi.Output<string>;
  /** Patch level of the tree, 0 when unpatched. */
  declare public readonly patchLevel: pulumi.Output<number>;

  constructor(name: string, args: BaseReleaseArgs, options?: pulumi.CustomResourceOptions) {
    const outputs = { templateName: undefined, path: undefined, dataset: undefined };
    const found = { userland: undefined, patchLevel: undefined };
    super("baseRelease", "BaseRelease", name, args, { ...args, ...outputs, ...found }, options);
  }
}
