/** What a move to another machine costs: round trips, streams among them, and bytes, of both machines together. */
import { hostCounters } from "../../dist/provider/host/index.js";
import { destroy, up } from "./engine.mjs";
import { startHost } from "./host.mjs";

const SEED = 2;

/** Both machines by way: their `host` inputs differ in whether jails lie on ZFS. */
const WAYS = {
  "ZFS to ZFS": (login) => login,
  "directory to directory": ({ dataset: _, ...login }) => ({ ...login, root: "/usr/local/moved" }),
};

/** Resolves with the costs by way; `jail` gives the inputs of a jail. */
export async function measureMigrations(host, { release, jail }) {
  const other = await startHost(SEED);
  try {
    const costs = {};
    for (const [way, loginOf] of Object.entries(WAYS)) {
      const logins = [host, other].map(({ login }) => loginOf(login));
      costs[way] = await measureOne(host, { release, jail, logins });
    }
    return costs;
  } finally {
    other.stop();
  }
}

async function measureOne(host, { release, jail, logins }) {
  const bases = [];
  for (const [i, login] of logins.entries()) {
    bases.push(await up("baseRelease", `migrated-${i}`, { host: login, release }));
  }
  const inputs = (i) =>
    jail("migrated", {
      ...{ host: logins[i], type: "thick", base: pick(bases[i]), addresses: [], keepOld: 0 },
    });
  const made = await up("jail", "migrated", inputs(0));
  const sizes = `find ${made.outputs.path} -type f -exec stat -f %z {} +`;
  const { stdout } = await host.run({ line: sizes });
  const data = stdout.split("\n").reduce((sum, size) => sum + Number(size), 0);
  const before = hostCounters();
  const moved = await up("jail", "migrated", inputs(1), made);
  const after = hostCounters();
  await destroy(moved);
  for (const base of bases) await destroy(base);
  const bytes = ["bytesSent", "bytesReceived"].reduce(
    (sum, key) => sum + after[key] - before[key],
    0,
  );
  return { roundTrips: after.roundTrips - before.roundTrips, data, bytes };
}

const pick = ({ outputs: { templateName, path, dataset, release, kind } }) => ({
  ...{ templateName, path, dataset, release, kind },
});
