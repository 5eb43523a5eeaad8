import * as pulumi from "@pulumi/pulumi";
import type { BaseRelease } from "./base-release.js";
import { type HostArgs, protectHost } from "./host.js";
import type { LinuxBase } from "./linux-base.js";

/** Names under which the provider exports its resources; written into every state, so they never change. */
type ProviderName = "baseRelease" | "diskImage" | "ipRange" | "jail" | "jailPackage" | "linuxBase";

/**
 * What `pulumi.dynamic.Resource` sends, without its closure serializer: the state holds one constant line, and
 * the code that runs is the installed package's, also for destroy and refresh.
 */
const loader = (name: ProviderName): string =>
  `exports.handler = () => require("pulumi-freebsd/provider").${name};`;

/** Outputs of a base that the provider needs; a resource itself would arrive as a reference. */
export function baseInput(base: BaseRelease | LinuxBase): object {
  const { templateName, path, dataset, release } = base;
  const more = "distribution" in base ? { distribution: base.distribution } : { kind: base.kind };
  return { templateName, path, dataset, release, ...more };
}

/** Base of the package's resources. */
export abstract class FreebsdResource extends pulumi.CustomResource {
  /** kern.hostuuid of the machine it is on. */
  declare public readonly hostuuid: pulumi.Output<string>;
  /** Fingerprints of that machine's SSH host keys, "SHA256:…", as far as /etc/ssh has them. */
  declare public readonly hostKeys: pulumi.Output<string[]>;

  constructor(
    provider: ProviderName,
    kind: "BaseRelease" | "DiskImage" | "IpRange" | "Jail" | "JailPackage" | "LinuxBase",
    name: string,
    args: { host?: HostArgs },
    properties: Record<string, unknown>,
    options: pulumi.CustomResourceOptions | undefined,
  ) {
    const type = `pulumi-nodejs:dynamic/freebsd:${kind}`;
    const inputs = {
      ...properties,
      host: protectHost(args.host),
      owner: pulumi.createUrn(name, type, options?.parent),
      hostuuid: undefined,
      hostKeys: undefined,
      __provider: loader(provider),
    };
    super(type, name, inputs, options);
  }
}
