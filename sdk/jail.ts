import * as pulumi from "@pulumi/pulumi";
import { BaseRelease } from "./base-release.js";
import { IpRange } from "./ip-range.js";
import type { AdoptedJailArgs, JailAddressArgs, JailArgs, JailLayerArgs } from "./jail-args.js";
import type { EmptyJailArgs } from "./jail-empty.js";
import { filesInput } from "./jail-files.js";
import { type JailGetArgs, readProperties } from "./jail-get.js";
import { usersInput } from "./jail-inside.js";
import { JailPackage } from "./jail-package.js";
import { LinuxBase } from "./linux-base.js";
import { baseInput, FreebsdResource } from "./resource.js";

/**
 * A FreeBSD jail. No change of a property destroys its data: what cannot be changed in place is refused. Deleting
 * the resource deletes the jail.
 */
export class Jail extends FreebsdResource {
  /** Name of the jail. */
  declare public readonly name: pulumi.Output<string>;
  /** Directory of its root on the host; of a thin jail that is where the template is mounted while it runs. */
  declare public readonly path: pulumi.Output<string>;
  /** Directory on the host that collects what changes, while it records by a union; empty otherwise. */
  declare public readonly recorded: pulumi.Output<string>;
  /** Its dataset, empty when the host has none. */
  declare public readonly dataset: pulumi.Output<string>;
  /** Number of the running jail; 0 when it does not run. */
  declare public readonly jid: pulumi.Output<number>;
  /** First address, empty without one. */
  declare public readonly address: pulumi.Output<string>;
  /** All addresses as they were given or leased. */
  declare public readonly addressList: pulumi.Output<string[]>;
  /** Input `hostname`; undefined when it was not given. */
  declare public readonly hostname: pulumi.Output<string> | undefined;
  /** Release that the running jail reports; empty when it does not run. */
  declare public readonly osrelease: pulumi.Output<string>;
  /**
   * Files that the owner of the jail and the base of the last upgrade both changed, and that were not merged: the
   * jail has its own version, and /var/db/pulumi-freebsd/conflicts in it has the other one. Names as vis(3) writes
   * them.
   */
  declare public readonly mergeConflicts: pulumi.Output<string[]>;
  /**
   * Release and patch level of its base system, e.g. `"14.3-RELEASE-p2"`: that of the base which its tree was made from,
   * or came to by an upgrade. Empty for Linux jails and for adopted ones that stay where they are.
   */
  declare public readonly userland: pulumi.Output<string>;
  /** Host name that the running jail has; empty when it does not run. */
  declare public readonly hostnameInForce: pulumi.Output<string>;
  /** Rules of the kernel for the running jail by resource and action, e.g. `{ "memoryuse:deny": "536870912" }`. */
  declare public readonly limitsInForce: pulumi.Output<Record<string, string>>;
  /** The base that it is made from, as inputs of other resources need it. */
  declare public readonly base: pulumi.Output<object>;
  /** Input `type`; undefined when it was not given. */
  declare public readonly type: pulumi.Output<string> | undefined;
  /** Whether it is to run. */
  declare public readonly running: pulumi.Output<boolean>;

  /**
   * Reads a jail that a host has, whoever made it, and changes nothing: `pulumi up` and `destroy` leave it alone.
   *
   * @param id The jail's name on the host, or the `id` of the Jail that declares it there, also of another stack. None of
   * that name, running or in /etc/jail.conf.d or /etc/jail.conf: an error.
   * @returns A Jail with `name`, `path`, `dataset`, `running` (whether it runs), `jid`, `address`, `addressList`,
   * `hostname` (in force), `osrelease`, `limitsInForce`, `hostuuid` and `hostKeys`; its other outputs are undefined.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    args: JailGetArgs = {},
    options?: pulumi.CustomResourceOptions,
  ): Jail {
    return new Jail(name, args as JailArgs, { ...options, id });
  }

  constructor(
    name: string,
    args: JailArgs | AdoptedJailArgs | EmptyJailArgs,
    options?: pulumi.CustomResourceOptions,
  ) {
    if (options?.id !== undefined) {
      super("jail", "Jail", name, args, readProperties(options.id), options);
      return;
    }
    const { patchTriggers: _, layers = undefined, ...inputs } = args as JailArgs;
    const base = "base" in args ? baseInput(patchedBase(name, args, options)) : undefined;
    const properties = {
      running: undefined,
      ...inputs,
      name: args.name ?? name,
      base,
      addresses: args.addresses?.map(addressInput),
      layers: layers?.map(layerInput),
      files: filesInput(args.files),
      users: usersInput(inputs.users),
      path: undefined,
      dataset: undefined,
      recorded: undefined,
      jid: undefined,
      address: undefined,
      addressList: undefined,
      osrelease: undefined,
      userland: undefined,
      hostnameInForce: undefined,
      limitsInForce: undefined,
      mergeConflicts: undefined,
    };
    super("jail", "Jail", name, args, properties, options);
  }
}

/** The base, or a patched copy of it. It has its user links as any other, so that jails which declare the same share it. */
function patchedBase(
  name: string,
  { host, base, patch = "none", patchTriggers }: JailArgs,
  { parent, provider }: pulumi.CustomResourceOptions = {},
): BaseRelease | LinuxBase {
  // What a Linux base cannot have, the provider refuses.
  if (patch === "none" || base instanceof LinuxBase) return base;
  const { release, path: directory } = base;
  const args = { host, release, directory, patch, triggers: patchTriggers };
  return new BaseRelease(`${name}-patched`, args, { parent, provider });
}

/** A package by its digest: from its web server where it has one, so that jails of other hosts can have it, too. */
function layerInput(layer: JailPackage | pulumi.Input<string> | JailLayerArgs): unknown {
  if (!(layer instanceof JailPackage)) return layer;
  const { path, sha256, address } = layer;
  return pulumi
    .all([path, sha256, address])
    .apply(([file, digest, url]) =>
      url === "" ? { path: file, sha256: digest } : { url, sha256: digest },
    );
}

function addressInput(entry: IpRange | pulumi.Input<string> | JailAddressArgs): unknown {
  if (entry instanceof IpRange) {
    const { cidr, first, last, prefixLength, exclude, gateway } = entry;
    return {
      kind: "range",
      cidr,
      first,
      last,
      interface: entry.interface,
      prefixLength,
      exclude,
      gateway,
    };
  }
  return entry;
}
