/** What a room costs by the type of its jail: the base's image or a clone beside a copy of all its files. */
import { destroy, up } from "./engine.mjs";
import { measure } from "./measure.mjs";
import { RELEASE } from "./program.mjs";

/** What `pulumi-freebsd room` declares of its jails. */
const idle = { persist: true, "exec.start": "/usr/bin/true", "exec.stop": "/usr/bin/true" };
const image = { type: "image", image: { size: "1g" } };

/** Resolves with the costs by place and type. The first image makes that of its base. */
export async function measureRooms(host) {
  const directory = { ...host.login, dataset: undefined, root: "/rooms" };
  return {
    ...(await measureIn(host, "in a directory", directory, {
      "a copy": { type: "thick" },
      "an image, the first": image,
      "an image": image,
      thin: { type: "thin" },
    })),
    ...(await measureIn(host, "on ZFS", host.login, {
      "a copy": { type: "thick" },
      "an image, the first": image,
      "an image": image,
      "a clone": { type: "clone" },
      thin: { type: "thin" },
    })),
  };
}

async function measureIn(host, where, login, types) {
  const bases = {};
  for (const kind of ["full", "split"])
    bases[kind] = await up("baseRelease", `rooms-${kind}`, { host: login, release: RELEASE, kind });
  const costs = {};
  for (const [what, inputs] of Object.entries(types)) {
    const { outputs } = bases[inputs.type === "thin" ? "split" : "full"];
    const { templateName, path, dataset, release, kind } = outputs;
    const base = { templateName, path, dataset, release, kind };
    costs[`${what}, ${where}`] = await timeOne(host, {
      ...{ host: login, name: "room", base, autostart: false, parameters: idle },
      ...inputs,
    });
  }
  for (const base of Object.values(bases)) await destroy(base);
  return costs;
}

async function timeOne(host, inputs) {
  const before = await usedKilobytes(host);
  const made = await measure(host, () => up("jail", "room", inputs));
  const after = await usedKilobytes(host);
  const gone = await measure(host, () => destroy(made.result));
  return {
    roundTrips: made.cost.roundTrips,
    processes: made.cost.processes,
    // How a UFS lies in its image is the embedded host's own: a copy of one tells nothing of a real one's bytes.
    copied: inputs.type === "image" ? imageCopied(inputs) : after - before,
    removal: { roundTrips: gone.cost.roundTrips, processes: gone.cost.processes },
  };
}

const imageCopied = ({ base }) => (base.dataset ? "none" : "one file");

/** On all file systems of the host. */
async function usedKilobytes(host) {
  const { stdout } = await host.run({ line: "df -k / ; zfs list -Hp -o used -d 0 zroot" });
  const [, root, pool] = /^\S+ +\d+ +(\d+) [^\n]*\n(\d+)$/m.exec(stdout);
  return Number(root) + Math.round(Number(pool) / 1024);
}
