/** The whole benchmark: everything is measured side by side in one run, and the host ends as it began. */
import { closeConnections } from "../../dist/provider/host/index.js";
import { prepareComparison, SAMPLE, timeLists } from "./comparison.mjs";
import { destroy } from "./engine.mjs";
import { startHost } from "./host.mjs";
import { countBare, JAILS, measureAll, measureInside, measureOne } from "./measure.mjs";
import { measureMigrations } from "./migrate.mjs";
import { measureDeployment } from "./package.mjs";
import { makeGround, RELEASE } from "./program.mjs";
import { measureRooms } from "./rooms.mjs";
import { measureSoftware } from "./software.mjs";
import { measureUpgrades } from "./upgrade.mjs";

const ROUND_TRIP_TIMES = [0, 20, 50];
const KIB = 1024;
const MIB = 1024 * KIB;

const sum = (seconds) => seconds.create + seconds.read + seconds.delete;
const round = (number, digits = 1) => Number(number.toFixed(digits));
const mapValues = (object, map) =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, map(value, key)]));

/** Resolves with the figures; `say` is told what is being done. */
export async function runBenchmark(say) {
  const atStart = process.memoryUsage.rss() / MIB;
  const host = await startHost();
  try {
    const ground = await makeGround(host.login);
    say("one jail");
    const one = await measureOne(host, ground);
    const bareProcesses = await countBare(host, ground);
    say("upgrades");
    const upgrades = await measureUpgrades(host, { newer: RELEASE, ...ground });
    say("migrations");
    const migrations = await measureMigrations(host, { release: RELEASE, ...ground });
    say("a jail package");
    const deployment = await measureDeployment(host, ground);
    say("packages, services and files");
    const software = await measureSoftware(host, ground);
    say("rooms");
    const rooms = await measureRooms(host);
    say(`${JAILS} jails with a file each`);
    const inside = await measureInside(host, ground);
    const rounds = await compareAll(host, ground, say);
    await destroy(ground.lan);
    await destroy(ground.base);
    const defects = await host.defects();
    if (defects.length > 0) throw new Error(defects.join("\n"));
    const parts = { upgrades, migrations, deployment, software, rooms };
    return { ...report({ one, bareProcesses, inside, rounds, atStart }), ...parts };
  } finally {
    closeConnections();
    host.stop();
  }
}

/** At each round-trip time the provider, then one connection per command. */
async function compareAll(host, ground, say) {
  const lists = await prepareComparison(host.login, ground);
  const rounds = {};
  let memory;
  for (const rtt of ROUND_TRIP_TIMES) {
    say(`${JAILS} jails at ${rtt} ms`);
    await host.latency(rtt / 2);
    const costs = await measureAll(host, ground);
    // Before the comparison, whose connections would count.
    memory ??= (process.resourceUsage().maxRSS * KIB) / MIB;
    const scale = (seconds) => mapValues(seconds, (each) => (each * JAILS) / SAMPLE);
    const same = scale(await timeLists(host.login, lists.same));
    const bare = scale(await timeLists(host.login, lists.bare));
    rounds[`rtt${rtt}`] = { costs, same, bare };
  }
  await host.latency(0);
  return { byTime: rounds, memory, lists };
}

function report({ one, bareProcesses, inside, atStart, rounds: { byTime, memory, lists } }) {
  const provider = mapValues(byTime, ({ costs }) => mapValues(costs, ({ seconds }) => seconds));
  const runs = Object.values(byTime).flatMap(({ costs }) => Object.values(costs));
  const speedup = (other) =>
    mapValues(byTime, (each, rtt) => round(sum(each[other]) / sum(provider[rtt])));
  const rounded = (seconds) => mapValues(seconds, (each) => round(each, 2));
  const { costs } = byTime.rtt0;
  const numbers = (list) => mapValues(list, (commands) => commands.length);
  return {
    connectionsPerHost: Math.max(...runs.map(({ connections }) => connections)),
    roundTrips: {
      create: one.create.roundTrips,
      update: one.update.roundTrips,
      read: one.read.roundTrips,
      delete: one.delete.roundTrips,
      preview: one.preview.roundTrips,
      refresh100: costs.read.roundTrips,
      refresh100Inside: inside.roundTrips - costs.read.roundTrips,
      create100: costs.create.roundTrips,
      delete100: costs.delete.roundTrips,
      preview100: costs.preview.roundTrips,
    },
    turnsOnTheWire: mapValues(one, ({ exchanges }) => exchanges),
    speedup: speedup("same"),
    speedupOverBareCommands: speedup("bare"),
    seconds: mapValues(byTime, ({ same, bare }, rtt) => ({
      provider: rounded(provider[rtt]),
      perCommand: rounded(same),
      perBareCommand: rounded(bare),
    })),
    commandsPerJail: { perCommand: numbers(lists.same[0]), perBareCommand: numbers(lists.bare[0]) },
    processes: mapValues(bareProcesses, (bare, operation) => {
      const { processes } = one[operation];
      return { provider: processes, bare, added: processes - bare };
    }),
    bytes: mapValues(one, ({ bytesSent, bytesReceived }) => ({
      sent: bytesSent,
      received: bytesReceived,
    })),
    bytesRefresh100: { sent: costs.read.bytesSent, received: costs.read.bytesReceived },
    providerMemoryMiB: round(memory),
    providerMemoryAtStartMiB: round(atStart),
  };
}
