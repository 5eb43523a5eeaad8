import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host.js";
import { FreebsdResource } from "./resource.js";

/** A userland as a tarball; exactly one of `url` and `path`. */
export interface BaseArchiveArgs {
  /** http or https: what comes is held against `sha256` in any case. Kept in the host's cache. */
  url?: pulumi.Input<string>;
  /** Absolute path of a file on the host. */
  path?: pulumi.Input<string>;
  /**
   * SHA-256 of the file, 64 lower-case hexadecimal digits. It names the template: the same file at another place is
   * the same template.
   */
  sha256: pulumi.Input<string>;
}

/** The base system as packages, pkg-install(8) with repository FreeBSD-base. */
export interface BasePackagesArgs {
  /**
   * Packages or sets, e.g. `"FreeBSD-set-base-jail"`; see `pkg search -r FreeBSD-base`. Default
   * `["FreeBSD-set-minimal-jail"]`.
   */
  packages?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * https URL of a repository with packages that the FreeBSD project signed. Default: the project's own for
   * `release`.
   */
  repository?: pulumi.Input<string>;
}

/**
 * The tree comes from a mirror, or from one of `dist`, `archive`, `pkgbase`, `src` and `directory`. Every change but
 * those of `host` and `mirror` builds another template beside the old one, moves users over and then drops the old
 * one.
 */
export interface BaseReleaseArgs {
  /** The host, and where on it things are kept. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
  /**
   * Release, e.g. `"14.3-RELEASE"`; must not be newer than the host's kernel. A tree that says another one of itself
   * is refused. A change replaces the template: the new one is built beside the old one.
   */
  release: pulumi.Input<string>;
  /**
   * Distribution sets, of a mirror or `dist`: `base` and e.g. `lib32`, `src`, `ports`. Default `["base"]`. The ports
   * tree of the template that this resource had before is carried over instead of being fetched, unless it is pinned.
   * A change replaces.
   */
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
  /** A tarball of a userland, in any compression that tar(1) reads. A change of its digest replaces. */
  archive?: pulumi.Input<BaseArchiveArgs>;
  /**
   * Packages of the base system (FreeBSD 15 and later). pkg(8) must be on the host, and the keys of the release in
   * /usr/share/keys; signatures are always checked. The newest packages of the release are taken. A change replaces.
   */
  pkgbase?: pulumi.Input<BasePackagesArgs>;
  /**
   * A source tree on the host, e.g. `"/usr/src"`, that was built (make buildworld): `make installworld` and `make
   * distribution` with DESTDIR, see build(7). A change replaces.
   */
  src?: pulumi.Input<string>;
  /**
   * A userland that is there on the host already: it is copied, and left alone. A change of the path replaces; what
   * changes in it later is not noticed (see `triggers`).
   */
  directory?: pulumi.Input<string>;
  /**
   * `"full"`: one tree, for thick and clone jails. `"split"`: the handbook's read-only tree with a skeleton of what
   * jails write, for thin jails. Default `"full"`. A change replaces.
   */
  kind?: pulumi.Input<"full" | "split">;
  /**
   * `"none"`: as it comes. `"latest"`: with the patches that freebsd-update(8) knows when the template is built.
   * `"p<N>"`: the same, and refused when that is another level. Default `"none"`; `"latest"` with `pkgbase`. A change
   * replaces.
   */
  patch?: pulumi.Input<"none" | "latest" | `p${number}`>;
  /**
   * Any texts, such as a date: other ones build another template, with the newest patches or packages then. Default
   * none. A change replaces.
   */
  triggers?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * A FreeBSD base system on a host, from which jails are made: fetched, verified, extracted beside its final name and
 * renamed when it is whole; on ZFS with a snapshot for clones.
 *
 * Immutable, and shared: stacks that declare the same on one host use one template, each with a link of its own; the
 * last one that deletes it removes it.
 */
export class BaseRelease extends FreebsdResource {
  /** Name of the template: release, patch level, kind and a digest of the specification. */
  declare public readonly templateName: pulumi.Output<string>;
  /** Directory of the template on the host. */
  declare public readonly path: pulumi.Output<string>;
  /**
   * `"full"`, or `"split"`: then `path` holds `root`, the tree that jails mount read-only, and `skeleton`, what they
   * get a copy of.
   */
  declare public readonly kind: pulumi.Output<"full" | "split">;
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
    super(
      "baseRelease",
      "BaseRelease",
      name,
      args,
      { kind: undefined, ...args, ...outputs, ...found },
      options,
    );
  }
}
