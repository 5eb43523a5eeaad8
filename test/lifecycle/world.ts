/** An embedded host and what programs need to know of it. */
import { afterEach } from "vitest";
import {
  type EmbeddedHost,
  type EmbeddedHostOptions,
  startEmbeddedHost,
} from "../embedded-host/index.js";
import { rebootMachine } from "../embedded-host/kernel/reboot.js";
import type { HostInput } from "./programs.js";

const started: EmbeddedHost[] = [];

/** Ends all hosts, and the connections to them. */
export async function stopWorlds(): Promise<void> {
  await Promise.all(started.splice(0).map((host) => host.stop()));
}

afterEach(stopWorlds);

/** Ends one host before the test ends. */
export async function stopWorld({ host }: World): Promise<void> {
  const index = started.indexOf(host);
  if (index >= 0) started.splice(index, 1);
  await host.stop();
}

export interface World {
  readonly host: EmbeddedHost;
  /** The `host` input for it. */
  readonly login: HostInput & object;
}

/** Starts a host that ends with the test. */
export async function startWorld(
  options: EmbeddedHostOptions & { dataset?: string; dialErrorLimit?: number } = {},
): Promise<World> {
  const { dataset, dialErrorLimit, ...rest } = options;
  const zpool = dataset === undefined ? {} : { zpool: dataset.split("/")[0]! };
  const host = await startEmbeddedHost({ ...zpool, ...rest });
  started.push(host);
  const login = loginOf(host, dataset);
  return { host, login: dialErrorLimit === undefined ? login : { ...login, dialErrorLimit } };
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

/** What a command prints at the host's console, without the line's end. */
export const line = async (host: EmbeddedHost, command: string): Promise<string> =>
  (await host.run(command)).stdout.trim();

/** The machine starts again, while its connections stay. */
export const reboot = ({ host }: World): Promise<void> =>
  rebootMachine(host.machine, async (argv) => {
    const words = argv.map((word) => `'${word}'`);
    return (await host.run(words.join(" "))).status;
  });
