/** The contract suite against embedded hosts, by a slow line: an old release on UFS, a new one on ZFS, with Linux. */
import { afterAll, expect } from "vitest";
import { type EmbeddedHost, startEmbeddedHost } from "../embedded-host/index.js";
import { varyLatency } from "./latency.js";
import { describeHost } from "./suite.js";
import { makeTarget } from "./target.js";

const ends: (() => Promise<void>)[] = [];

afterAll(async () => {
  for (const end of ends) await end();
});

async function start(options: Parameters<typeof startEmbeddedHost>[0]): Promise<EmbeddedHost> {
  const host = await startEmbeddedHost({ speed: 20, ...options });
  const calm = varyLatency(host);
  ends.push(async () => {
    calm();
    expect(host.defects).toEqual([]);
    await host.stop();
  });
  return host;
}

const loginOf = ({ address, port, privateKey, hostKey }: EmbeddedHost) => ({
  host: address,
  port,
  user: "root",
  privateKey,
  hostKey,
});

describeHost("an embedded FreeBSD 13.2 with a directory", async () => {
  const host = await start({ release: "13.2-RELEASE" });
  return makeTarget({ login: loginOf(host), root: "/usr/pft", dist: "/usr/freebsd-dist" });
});

describeHost("an embedded FreeBSD 15.1 with a dataset, and a second machine", async () => {
  const host = await start({ zpool: "tank" });
  await host.run("kldload linux64");
  const second = await start({ seed: 2 });
  return makeTarget({ login: loginOf(host), dataset: "tank/pft", second: loginOf(second) });
});
