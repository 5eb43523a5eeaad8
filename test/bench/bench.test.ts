/** What the benchmark measures and no clock changes: connections and round trips. `npm run bench` has the times. */
import { beforeAll, describe, expect, it } from "vitest";
import { closeConnections, hostCounters } from "../../provider/host/index.js";
import { baseRelease, ipRange, jail } from "../../provider/index.js";
import { type EmbeddedHost, startEmbeddedHost } from "../embedded-host/index.js";
import { loginOf } from "../lifecycle/world.js";

const providers = { baseRelease, ipRange, jail };
type Kind = keyof typeof providers;
type Properties = Record<string, unknown>;
interface State {
  kind: Kind;
  id: string;
  name: string;
  outputs: Properties;
}

const wire = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;
const range = { cidr: "10.20.0.0/24", interface: "vtnet0" };
const older = "14.3-RELEASE";
/** What the engine starts at once on two processors. */
const parallel = 8;

let host: EmbeddedHost;
let ground: State[];
let common: Properties;

async function inputsOf(kind: Kind, name: string, declared: Properties): Promise<Properties> {
  const owner = `urn:pulumi:dev::test::pulumi-nodejs:dynamic/freebsd:${kind}::${name}`;
  const checked = await providers[kind].check({}, wire({ ...declared, owner }));
  expect(checked.failures).toEqual([]);
  return wire(checked.inputs);
}

async function create(kind: Kind, name: string, declared: Properties): Promise<State> {
  const { id, outs } = await providers[kind].create(await inputsOf(kind, name, declared));
  return { kind, id, name, outputs: wire(outs) as Properties };
}

const makeJail = (name: string, more: Properties = {}) =>
  create("jail", name, { ...common, name, ...more });
const read = ({ kind, id, outputs }: State) => providers[kind].read(id, outputs);
const destroy = ({ kind, id, outputs }: State) => providers[kind].delete(id, outputs);

/** Runs `work` for all items, as many at a time as the engine does. */
async function inParallel<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]!);
    }
  };
  await Promise.all(Array.from({ length: parallel }, lane));
  return results;
}

/** Runs `work`; resolves with its result and what it added to the counts, here and on the host. */
async function counted<R>(work: () => Promise<R>) {
  const before = { ...hostCounters(), ...host.counters };
  const result = await work();
  const after = { ...hostCounters(), ...host.counters };
  return {
    result,
    roundTrips: after.roundTrips - before.roundTrips,
    turns: after.exchanges - before.exchanges,
    connections: after.connections - before.connections,
    shells: after.channels - before.channels,
  };
}

beforeAll(async () => {
  host = await startEmbeddedHost({ zpool: "tank", speed: 1000, releases: [older] });
  const login = loginOf(host, "tank/jails");
  const base = await create("baseRelease", "base", { host: login, release: "15.1-RELEASE" });
  ground = [base, await create("ipRange", "lan", { host: login, ...range })];
  const { templateName, path, dataset, release } = base.outputs;
  common = {
    host: login,
    base: { templateName, path, dataset, release },
    addresses: [{ kind: "range", ...range }],
    type: "clone",
  };
  return () => host.stop();
});

describe("one jail", () => {
  it("costs two round trips to make, to change and to delete, one to read, none to preview", async () => {
    const made = await counted(() => makeJail("one"));
    expect(made).toMatchObject({ roundTrips: 2, turns: 2, connections: 0, shells: 0 });
    const state = made.result;
    const news = await inputsOf("jail", "one", { ...common, name: "one", hostname: "www" });

    const previewed = await counted(async () => {
      await inputsOf("jail", "one", { ...common, name: "one", hostname: "www" });
      return jail.diff(state.id, state.outputs, news);
    });
    expect(previewed).toMatchObject({ roundTrips: 0, turns: 0, result: { changes: true } });

    const updated = await counted(() => jail.update(state.id, state.outputs, news));
    expect(updated).toMatchObject({ roundTrips: 2, turns: 2 });
    const changed = { ...state, outputs: wire(updated.result.outs) as Properties };
    expect(await counted(() => read(changed))).toMatchObject({ roundTrips: 1, turns: 1 });
    expect(await counted(() => destroy(changed))).toMatchObject({ roundTrips: 2, turns: 2 });
  });

  it("costs no more as an image, also where it makes that of its base", async () => {
    for (const name of ["first", "second"]) {
      const image = { type: "image", image: { size: "64m" } };
      const made = await counted(() => makeJail(name, image));
      expect(made).toMatchObject({ roundTrips: 2, turns: 2 });
      expect(await counted(() => destroy(made.result))).toMatchObject({ roundTrips: 2, turns: 2 });
    }
  });

  it("costs two round trips to restart", async () => {
    const state = await makeJail("again");
    const parameters = { devfs_ruleset: 5 };
    const news = await inputsOf("jail", "again", { ...common, name: "again", parameters });
    const updated = await counted(() => jail.update(state.id, state.outputs, news));
    expect(updated).toMatchObject({ roundTrips: 2, turns: 2 });
    await destroy({ ...state, outputs: wire(updated.result.outs) as Properties });
  });

  it("costs four round trips to upgrade, two to take back, none while it is down", async () => {
    const other = await create("baseRelease", "older", { host: common.host, release: older });
    const state = await makeJail("moving");
    const { templateName, path, dataset, release } = other.outputs;
    const bases = [{ templateName, path, dataset, release }, common.base];
    let { outputs } = state;
    for (const [i, roundTrips] of [4, 2].entries()) {
      const news = await inputsOf("jail", "moving", { ...common, name: "moving", base: bases[i] });
      const updated = await counted(() => jail.update(state.id, outputs, news));
      expect(updated).toMatchObject({ roundTrips, turns: roundTrips });
      outputs = wire(updated.result.outs) as Properties;
    }
    await destroy({ ...state, outputs });
    await destroy(other);
  });
});

describe("a dozen jails at once", () => {
  const names = Array.from({ length: 12 }, (_, index) => `jail${index}`);

  it("cost one connection, and two round trips each beside those of the shells", async () => {
    closeConnections();
    const made = await counted(() => inParallel(names, (name) => makeJail(name)));
    expect(made.connections).toBe(1);
    expect(made.roundTrips).toBe(made.shells + 2 * names.length);

    closeConnections();
    const seen = await counted(() => inParallel([...ground, ...made.result], read));
    // A shell, and one look at the whole host.
    expect(seen).toMatchObject({ connections: 1, shells: 1, roundTrips: 2 });

    const gone = await counted(() => inParallel(made.result, destroy));
    expect(gone.connections).toBe(0);
    expect(gone.roundTrips).toBe(gone.shells + 2 * names.length);
    expect(host.defects).toEqual([]);
  });
});
