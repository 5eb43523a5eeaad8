/** What deploying a jail package costs: round trips, and bytes, on a jail that runs. */
import { hostCounters } from "../../dist/provider/host/index.js";
import { destroy, up } from "./engine.mjs";

export const FILES = 100;

/** Resolves with the cost of giving a running jail a package of `FILES` files as its layer. */
export async function measureDeployment(host, { base, jail }) {
  const { templateName, path, dataset, release, kind } = base.outputs;
  const from = { templateName, path, dataset, release, kind };
  const script = `mkdir /usr/local/app; i=0; while [ $i -lt ${FILES - 1} ]; do echo $i >/usr/local/app/$i; i=$((i + 1)); done`;
  const app = await up("jailPackage", "app", {
    ...{ host: host.login, name: "app", version: "1.0" },
    build: { base: from, commands: [script] },
  });
  const made = await up("jail", "deployed", jail("deployed"));
  const { path: file, sha256 } = app.outputs;
  const layers = [{ path: file, sha256 }];
  const before = hostCounters();
  const deployed = await up("jail", "deployed", jail("deployed", { layers }), made);
  const after = hostCounters();
  await destroy(deployed);
  await destroy(app);
  const [roundTrips, sent, received] = ["roundTrips", "bytesSent", "bytesReceived"].map(
    (key) => after[key] - before[key],
  );
  return { files: FILES, roundTrips, sent, received };
}
