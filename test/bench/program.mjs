/** What the benchmark declares: a base, a range, and clones with an address from it. */
import { up } from "./engine.mjs";

export const RELEASE = "15.1-RELEASE";

/** Makes what jails stand on; resolves with the states and with what a jail's inputs take of them. */
export async function makeGround(host) {
  const base = await up("baseRelease", "base", { host, release: RELEASE });
  const range = { cidr: "10.20.0.0/16", interface: "vtnet0" };
  const lan = await up("ipRange", "lan", { host, ...range });
  const { templateName, path, dataset, release } = base.outputs;
  const jail = (name, more = {}) => ({
    host,
    name,
    base: { templateName, path, dataset, release },
    addresses: [{ kind: "range", ...range }],
    type: "clone",
    ...more,
  });
  return { base, lan, jail };
}

/** "jail001" … */
export const jailNames = (count) =>
  Array.from({ length: count }, (_, index) => `jail${String(index + 1).padStart(3, "0")}`);
