/** What an upgrade and the way back cost, and how much of it while the jail is down. */
import { destroy, up } from "./engine.mjs";
import { measure } from "./measure.mjs";

/** What the host's older release has to be, so that there is something to upgrade. */
export const OLDER = "14.3-RELEASE";

const TYPES = ["thick", "clone", "thin"];

/** Resolves with the costs by type and direction; `makeJail` gives the inputs of a jail by its base's outputs. */
export async function measureUpgrades(host, { newer, jail }) {
  const costs = {};
  for (const type of TYPES) {
    const bases = await makeBases(host.login, newer, type === "thin" ? "split" : "full");
    const inputs = (base) => jail("upgraded", { type, base: pick(base) });
    const made = await up("jail", "upgraded", inputs(bases[0]));
    const there = await timeOne(host, () => up("jail", "upgraded", inputs(bases[1]), made));
    const back = await timeOne(host, () => up("jail", "upgraded", inputs(bases[0]), there.result));
    costs[type] = { upgrade: there.figures, rollback: back.figures };
    await destroy(back.result);
    for (const base of bases) await destroy(base);
  }
  return costs;
}

const makeBases = async (host, newer, kind) => [
  await up("baseRelease", `older-${kind}`, { host, release: OLDER, kind }),
  await up("baseRelease", `newer-${kind}`, { host, release: newer, kind }),
];

const pick = ({ outputs: { templateName, path, dataset, release, kind } }) => ({
  ...{ templateName, path, dataset, release, kind },
});

async function timeOne(host, work) {
  await host.forgetPrograms();
  const { result, cost } = await measure(host, work);
  const programs = await host.programs();
  const stop = programs.findIndex((argv) => argv[0] === "jail" && argv.includes("-r"));
  const start = programs.findIndex(
    (argv, i) => i > stop && argv[0] === "jail" && argv.includes("-c"),
  );
  const figures = {
    roundTrips: cost.roundTrips,
    processes: programs.length,
    // A batch goes through without a word from here: what lies between is no round trip, but programs.
    processesWhileDown: start - stop + 1,
  };
  return { result, figures };
}
