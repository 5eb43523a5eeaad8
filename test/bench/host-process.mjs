/**
 * The embedded host in a process of its own, so that its time and memory are not the provider's. Answers messages
 * `{ id, call, argument }` with `{ id, answer }` or `{ id, error }`.
 */
import { startEmbeddedHost } from "../../dist/test/embedded-host/index.js";
import { PORTS } from "./software.mjs";
import { OLDER } from "./upgrade.mjs";

const host = await startEmbeddedHost({
  zpool: "zroot",
  seed: Number(process.argv[2] ?? 1),
  releases: [OLDER],
  ports: PORTS,
  // So fast that what sleeps on the host costs nothing: lines and processors are what is measured.
  speed: 1000,
  maxStartups: 1000,
});

const calls = {
  login: () => ({
    host: host.address,
    port: host.port,
    user: "root",
    privateKey: host.privateKey,
    hostKey: host.hostKey,
    dataset: "zroot/jails",
  }),
  counters: () => ({ ...host.counters }),
  latency: (milliseconds) => host.faults.latency(milliseconds),
  run: ({ line, input }) => host.run(line, { stdin: input }),
  forgetPrograms: () => host.log.splice(0).length,
  programs: () => host.log.map(({ argv }) => argv),
  defects: () => host.defects.map((defect) => String(defect.stack)),
};

process.on("message", async ({ id, call, argument }) => {
  try {
    process.send({ id, answer: await calls[call](argument) });
  } catch (error) {
    process.send({ id, error: error.message });
  }
});
process.once("disconnect", () => process.exit());
process.send({ ready: true });
