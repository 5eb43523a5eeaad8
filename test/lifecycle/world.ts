/** An embedded host and what programs need to know of it. */
import { afterEach } from "vitest";
import {
  type EmbeddedHost,
  type EmbeddedHostOptions,
  startEmbeddedHost,
} from "../embedded-host/index.js";
import { publishReleases } from "../embedded-host/mirror.js";
import type { HostInput } from "./programs.js";

const started: EmbeddedHost[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((host) => host.stop()));
});

export interface World {
  readonly host: EmbeddedHost;
  /** The `host` input for it. */
  readonly login: HostInput & object;
}

/** Starts a host that ends with the test. */
export async function startWorld(
  options: EmbeddedHostOptions & { dataset?: string } = {},
): Promise<World> {
  const { dataset, ...rest } = options;
  const zpool = dataset === undefined ? {} : { zpool: dataset.split("/")[0]! };
  const host = await startEmbeddedHost({ ...zpool, ...rest });
  started.push(host);
  await publishReleases(host.machine, ["15.1-RELEASE", "13.2-RELEASE"]);
  return { host, login: loginOf(host, dataset) };
}

export function loginOf(host: EmbeddedHost, dataset?: string): HostInput & object {
  const { port, privateKey, hostKey } = host;
  return {
    host: "127.0.0.1",
    port,
    user: "root",
    privateKey,
    hostKey,
    ...(dataset === undefined ? {} : { dataset }),
  };
}
