import type * as pulumi from "@pulumi/pulumi";
import type { BaseRelease } from "./base-release.js";
import type { HostArgs } from "./host.js";
import type { Jail } from "./jail.js";
import { filesInput, type JailFilesArgs } from "./jail-files.js";
import { baseInput, FreebsdResource } from "./resource.js";

/** How a package is built without a jail of its own: in one that is made for it and removed afterwards. */
export interface JailPackageBuildArgs {
  /** A full base of the same host: what differs from it afterwards is the package. */
  base: BaseRelease;
  /**
   * Packages that pkg(8) installs in the scratch jail, before the commands run, e.g. `["nginx"]`; from the repositories that
   * the base and `files` configure in it, with their signatures checked. Default none.
   */
  packages?: pulumi.Input<pulumi.Input<string>[]>;
  /** Lines for the scratch jail's /bin/sh, run one after the other as root, with the host's network. Default none. */
  commands?: pulumi.Input<pulumi.Input<string>[]>;
  /** Files by absolute path, written before the commands run. Default none. */
  files?: JailFilesArgs;
  /** Seconds that one command may take, at most 86400. Default 3600. */
  timeout?: pulumi.Input<number>;
}

/** Either `jail` or `build`. */
export interface JailPackageArgs {
  /** The host. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
  /** Name of the package: 1 to 64 letters, digits, `_`, `.`, `+` or `-`. Default: the resource's name. */
  name?: pulumi.Input<string>;
  /** Its version, 1 to 32 letters, digits, `_`, `.`, `+` or `,`. Another one makes another package. */
  version: pulumi.Input<string>;
  /**
   * The jail whose difference to its base is packed, as it is when the package is made. A running one packs its own
   * files; stop it first when they have to agree with each other. What becomes of it later does not change the package.
   */
  jail?: Jail;
  /** How the package is built from code. */
  build?: JailPackageBuildArgs;
  /**
   * A directory of the host, which a web server offers, e.g. `"/usr/local/www/packages"`; it must be there. Default:
   * `packages` below the host's `root`.
   */
  publish?: pulumi.Input<string>;
  /** URL under which the web server offers the directory `publish`. Default none; a change alone makes nothing new. */
  url?: pulumi.Input<string>;
  /** Absolute paths that are left out with all below them, beside the documented list. Default none. */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * What a jail has beyond its base, as `<name>-<version>.tar.xz` with its digest beside it, to be a layer of other jails.
 *
 * Immutable: a change needs another version, which is another package. Deleting the resource deletes the file; jails that
 * have it as a layer keep what they have.
 */
export class JailPackage extends FreebsdResource {
  declare public readonly name: pulumi.Output<string>;
  declare public readonly version: pulumi.Output<string>;
  /** The file on the host. */
  declare public readonly path: pulumi.Output<string>;
  /** Its SHA-256. */
  declare public readonly sha256: pulumi.Output<string>;
  /** Where a web server offers it; empty without `url`. */
  declare public readonly address: pulumi.Output<string>;
  /** Release and patch level that it was made on, e.g. `"14.3-RELEASE-p2"`. */
  declare public readonly userland: pulumi.Output<string>;

  constructor(name: string, args: JailPackageArgs, options?: pulumi.CustomResourceOptions) {
    const { jail, build } = args;
    const properties = {
      ...args,
      name: args.name ?? name,
      ...(jail && { jail: jailInput(jail) }),
      ...(build && {
        build: { ...build, base: baseInput(build.base), files: filesInput(build.files) },
      }),
      ...{ path: undefined, sha256: undefined, address: undefined, userland: undefined },
    };
    super("jailPackage", "JailPackage", name, args, properties, options);
  }
}

/** What the provider needs of the jail. */
const jailInput = ({ name, type, base }: Jail): object => ({ name, type, base });
