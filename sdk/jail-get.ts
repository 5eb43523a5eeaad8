import type * as pulumi from "@pulumi/pulumi";
import type { HostArgs } from "./host.js";

/** Where `Jail.get` looks. */
export interface JailGetArgs {
  /** The host. Default: the stack's configuration `freebsd:host`. */
  host?: HostArgs;
}

/** What the host says of a jail that is only read; other outputs are undefined. */
export const readProperties = (id: pulumi.Input<pulumi.ID>) => ({
  lookup: id,
  name: undefined,
  path: undefined,
  dataset: undefined,
  running: undefined,
  jid: undefined,
  address: undefined,
  addressList: undefined,
  hostname: undefined,
  osrelease: undefined,
  limitsInForce: undefined,
});
