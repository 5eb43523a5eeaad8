/** The same work by one connection per command, on a sample of the jails. */
import { bareCommands } from "./bare.mjs";
import { inParallel, PARALLEL } from "./engine.mjs";
import { runAlone } from "./per-command.mjs";
import { recordCommands } from "./record.mjs";

/** As many jails as run at once, so that all lanes are busy. */
export const SAMPLE = PARALLEL;

const PHASES = ["create", "read", "delete"];

/** Resolves with the command lists of `SAMPLE` jails: the provider's commands, and the bare ones. */
export async function prepareComparison(login, { base, jail }) {
  const names = Array.from({ length: SAMPLE }, (_, index) => `sample${index + 1}`);
  const samples = names.map((name, index) => ({ name, address: `10.30.0.${index + 1}` }));
  const same = [];
  for (const { name, address } of samples) {
    const addresses = [{ kind: "address", address, interface: "vtnet0" }];
    same.push(await recordCommands(login, jail(name, { addresses })));
  }
  const bare = samples.map((sample) => bareCommands(placed(login, base, sample)));
  return { same, bare };
}

/** Where a jail without the provider would lie. */
export function placed(login, base, { name, address }) {
  const dataset = `${login.dataset}/containers/${name}`;
  const path = `/usr/local/jails/containers/${name}`;
  return { name, address, dataset, path, template: base.outputs.dataset };
}

/** Runs the lists, jails beside each other; resolves with seconds by phase. */
export async function timeLists(login, lists) {
  const seconds = {};
  for (const phase of PHASES) {
    const start = performance.now();
    await inParallel(lists, async (list) => {
      for (const command of list[phase]) await runAlone(login, command);
    });
    seconds[phase] = (performance.now() - start) / 1000;
  }
  return seconds;
}
