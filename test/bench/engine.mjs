/** Calls the provider as Pulumi's engine does: check, diff, then the change, so many at a time. */
import { baseRelease, ipRange, jail, jailPackage } from "../../dist/provider/index.js";

const providers = { baseRelease, ipRange, jail, jailPackage };

/** What the engine starts at once on two processors (four times their number). */
export const PARALLEL = 8;

const loader = 'exports.handler = () => require("pulumi-freebsd/provider");';
const wire = (value) => JSON.parse(JSON.stringify(value));
const urn = (kind, name) =>
  `urn:pulumi:bench::bench::pulumi-nodejs:dynamic/freebsd:${kind}::${name}`;

/** Runs `work` for each item, `PARALLEL` at a time, and resolves with the results in order. */
export async function inParallel(items, work) {
  const results = [];
  let next = 0;
  const lane = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index]);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, lane));
  return results;
}

/** A preview of a resource: nothing is made. `state` is that of an earlier `up`, if any. */
export async function preview(kind, name, inputs, state) {
  const provider = providers[kind];
  const news = wire({ ...inputs, owner: urn(kind, name), __provider: loader });
  const { inputs: checked, failures = [] } = await provider.check(state?.inputs ?? {}, news);
  if (failures.length > 0) throw new Error(JSON.stringify(failures));
  const diff = state && (await provider.diff(state.id, wire(state.outputs), wire(checked)));
  return { checked: wire(checked), changes: diff?.changes ?? true };
}

/** Creates or updates a resource; resolves with its state. */
export async function up(kind, name, inputs, state) {
  const { checked, changes } = await preview(kind, name, inputs, state);
  if (state === undefined) {
    const { id, outs } = await providers[kind].create(wire(checked));
    return { kind, name, id, inputs: checked, outputs: wire(outs) };
  }
  if (!changes) return state;
  const { outs } = await providers[kind].update(state.id, wire(state.outputs), wire(checked));
  return { ...state, inputs: checked, outputs: wire(outs) };
}

/** Reads a resource; resolves with its state as the host shows it. */
export async function refresh(state) {
  const { id, props, inputs } = await providers[state.kind].read(state.id, wire(state.outputs));
  if (!id) throw new Error(`${state.name} is not on the host any more`);
  return { ...state, inputs: wire(inputs), outputs: wire(props) };
}

export async function destroy({ kind, id, outputs }) {
  await providers[kind].delete(id, wire(outputs));
}
