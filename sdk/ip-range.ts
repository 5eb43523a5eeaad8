import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host.js";
import { FreebsdResource } from "./resource.js";

export interface IpRangeArgs {
  /** The host whose jails take addresses. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
  /** Network, e.g. `"10.0.0.0/24"` or `"fd00:1::/64"`, without host bits. Either this, or `first` and `last`. */
  cidr?: pulumi.Input<string>;
  /** First address of the range, with `last`. */
  first?: pulumi.Input<string>;
  /** Last address of the range; not below `first`. */
  last?: pulumi.Input<string>;
  /** Interface of the host on which jails' addresses become aliases, e.g. `"em0"`. */
  interface: pulumi.Input<string>;
  /** Prefix length of the aliases. Default 32, or 128 for IPv6: the network itself is the host's business. */
  prefixLength?: pulumi.Input<number>;
  /** Never leased: addresses, networks or `"first-last"`. Default none. */
  exclude?: pulumi.Input<pulumi.Input<string>[]>;
  /** Address of the gateway, never leased. Default: the host's own default gateway when it lies in the range. */
  gateway?: pulumi.Input<string>;
}

/**
 * Addresses that jails take leases from. A lease is a link on the host, so that stacks and machines that share a
 * range never hand out one address twice. IPv4 ranges of up to 65536 addresses are used lowest first; larger ones
 * and IPv6 networks are never walked: an address is picked for each jail. A network's first address, IPv4's last,
 * and addresses that the host has on an interface are left alone.
 *
 * Changing a range changes it in place; jails keep addresses that they hold while they are in it.
 */
export class IpRange extends FreebsdResource {
  /** Inputs as given; those that were not given are undefined. */
  declare public readonly cidr: pulumi.Output<string> | undefined;
  declare public readonly first: pulumi.Output<string> | undefined;
  declare public readonly last: pulumi.Output<string> | undefined;
  declare public readonly interface: pulumi.Output<string>;
  declare public readonly prefixLength: pulumi.Output<number> | undefined;
  /** What is never leased; empty by default. */
  declare public readonly exclude: pulumi.Output<string[]>;
  /** The gateway that was given, or the host's when it lies in the range; else empty. */
  declare public readonly gatewayAddress: pulumi.Output<string>;
  /** Number of addresses that may be leased, in decimal digits (an IPv6 network has more than a number holds). */
  declare public readonly capacity: pulumi.Output<string>;
  /** `"inet"` or `"inet6"`. */
  declare public readonly family: pulumi.Output<"inet" | "inet6">;
  declare public readonly firstAddress: pulumi.Output<string>;
  declare public readonly lastAddress: pulumi.Output<string>;
  /** Input `gateway`, as given. */
  declare public readonly gateway: pulumi.Output<string> | undefined;

  constructor(name: string, args: IpRangeArgs, options?: pulumi.CustomResourceOptions) {
    const outputs = {
      capacity: undefined,
      family: undefined,
      firstAddress: undefined,
      lastAddress: undefined,
      gatewayAddress: undefined,
    };
    const properties = { exclude: undefined, ...args, ...outputs };
    super("ipRange", "IpRange", name, args, properties, options);
  }
}
