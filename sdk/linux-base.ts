import type * as pulumi from "@pulumi/pulumi";
import type { BaseArchiveArgs } from "./base-release.js";
import type { HostArgs } from "./host.js";
import { FreebsdResource } from "./resource.js";

/** Debian or Ubuntu by debootstrap(8), a port that must be on the host: `pkg install debootstrap`. */
export interface DebootstrapArgs {
  /** E.g. `"bookworm"` or `"noble"`. */
  suite: pulumi.Input<string>;
  /**
   * http or https URL of a mirror; signatures are checked in any case. Default `https://deb.debian.org/debian`, or
   * `http://archive.ubuntu.com/ubuntu`.
   */
  mirror?: pulumi.Input<string>;
  /** Packages beyond the distribution's base, e.g. `"openssh-server"`. Default none. */
  packages?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * File on the host with the keys that the distribution signs with. Default
   * `/usr/local/share/keyrings/<distribution>-archive-keyring.gpg`; Ubuntu's comes with `pkg install ubuntu-keyring`.
   * A change replaces nothing that is there.
   */
  keyring?: pulumi.Input<string>;
}

/** Exactly one of `debootstrap` and `archive`. Every change but that of `host` builds another template beside the old one. */
export interface LinuxBaseArgs {
  /** The host, and where on it things are kept. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
  /** The tree must say so of itself (os-release(5)). A change replaces. */
  distribution: pulumi.Input<"debian" | "ubuntu" | "rocky" | "alma" | "fedora" | "alpine">;
  /** Debian and Ubuntu from their packages. A change replaces. */
  debootstrap?: pulumi.Input<DebootstrapArgs>;
  /**
   * The root of a system as a tarball, in any compression that tar(1) reads, such as the images that distributions
   * publish for containers. A change of its digest replaces.
   */
  archive?: pulumi.Input<BaseArchiveArgs>;
  /** Any texts, such as a date: other ones build another template, with the packages of then. Default none. */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * The root of a Linux system on a host, from which jails are made that run Linux programs (linux(4)). Built, shared
 * and removed as a `BaseRelease` is.
 */
export class LinuxBase extends FreebsdResource {
  /** Name of the template: distribution, suite and a digest of the specification. */
  declare public readonly templateName: pulumi.Output<string>;
  /** Directory of the template on the host. */
  declare public readonly path: pulumi.Output<string>;
  /** Its dataset, empty when the host has none. */
  declare public readonly dataset: pulumi.Output<string>;
  /** What was asked for: `"debian-bookworm"`, or the distribution alone. */
  declare public readonly release: pulumi.Output<string>;
  /** Version that the tree itself states (VERSION_ID in os-release(5)), e.g. `"12"`; empty when it states none. */
  declare public readonly version: pulumi.Output<string>;
  /** Input `distribution`. */
  declare public readonly distribution: pulumi.Output<string>;

  constructor(name: string, args: LinuxBaseArgs, options?: pulumi.CustomResourceOptions) {
    const outputs = { templateName: undefined, path: undefined, dataset: undefined };
    const found = { release: undefined, version: undefined };
    super("linuxBase", "LinuxBase", name, args, { ...args, ...outputs, ...found }, options);
  }
}
