/** What single operations and a hundred jails cost with the provider. */
import { closeConnections, hostCounters } from "../../dist/provider/host/index.js";
import { bareCommands } from "./bare.mjs";
import { placed } from "./comparison.mjs";
import { destroy, inParallel, preview, refresh, up } from "./engine.mjs";
import { jailNames } from "./program.mjs";

export const JAILS = 100;

/** Connections are those that the host saw, failed ones too. */
const counts = async (host) => ({ ...hostCounters(), ...(await host.counters()) });

/** Runs `work`; resolves with its result and what it cost here and on the host. */
export async function measure(host, work) {
  const before = await counts(host);
  const start = performance.now();
  const result = await work();
  const seconds = (performance.now() - start) / 1000;
  const after = await counts(host);
  const cost = Object.fromEntries(Object.keys(after).map((key) => [key, after[key] - before[key]]));
  return { result, cost: { ...cost, seconds } };
}

/** One jail over a connection that is open: the costs of each operation. */
export async function measureOne(host, { jail }) {
  const costs = {};
  const run = async (name, work) => {
    const { result, cost } = await measure(host, work);
    costs[name] = cost;
    return result;
  };
  const inputs = jail("one");
  const changed = { ...inputs, hostname: "one.example.org" };
  await run("preview", () => preview("jail", "one", inputs));
  const made = await run("create", () => up("jail", "one", inputs));
  const updated = await run("update", () => up("jail", "one", changed, made));
  const seen = await run("read", () => refresh(updated));
  await run("delete", () => destroy(seen));
  return costs;
}

/** Processes that the bare commands for one jail start, by operation. */
export async function countBare(host, { base }) {
  const processes = {};
  const commands = bareCommands(placed(host.login, base, { name: "bare", address: "10.30.1.1" }));
  const shell = await measure(host, () => host.run({ line: ":" }));
  for (const operation of ["create", "update", "read", "delete"]) {
    processes[operation] = 0;
    for (const command of commands[operation]) {
      const { result, cost } = await measure(host, () => host.run(command));
      if (result.status !== 0) throw new Error(`${command.line}: ${result.stderr}`);
      // The shell at the console is there before anything is typed.
      processes[operation] += cost.processes - shell.cost.processes;
    }
  }
  return processes;
}

/** All jails from nothing to nothing, as three runs of the engine do it: each run dials for itself. */
export async function measureAll(host, { base, lan, jail }) {
  const costs = {};
  const run = async (name, work) => {
    closeConnections();
    const { result, cost } = await measure(host, work);
    costs[name] = cost;
    return result;
  };
  const names = jailNames(JAILS);
  const made = await run("create", () => inParallel(names, (name) => up("jail", name, jail(name))));
  await run("preview", () =>
    inParallel(made, (state) => preview("jail", state.name, jail(state.name), state)),
  );
  const seen = await run("read", () => inParallel([base, lan, ...made], refresh));
  await run("delete", () => inParallel(seen.slice(2), destroy));
  return costs;
}

/** A refresh of as many jails of which each declares a file, which is read inside the jail. */
export async function measureInside(host, { base, lan, jail }) {
  const files = { "/etc/motd.d/bench": { content: "hello\n" } };
  const make = (name) => up("jail", name, jail(name, { files }));
  const made = await inParallel(jailNames(JAILS), make);
  closeConnections();
  const { cost } = await measure(host, () => inParallel([base, lan, ...made], refresh));
  await inParallel(made, destroy);
  return cost;
}
