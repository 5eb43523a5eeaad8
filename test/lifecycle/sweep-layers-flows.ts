/** Layers that are put in, changed and taken out, cut everywhere. */
import type { Declaration } from "./engine.js";
import { makePackage } from "./packages.js";
import { base, jail } from "./programs.js";
import type { Flow } from "./sweep.js";
import { basic } from "./sweep-flows.js";
import type { World } from "./world.js";

const [one, two] = ["1.0", "2.0"].map((version) => `/tmp/packages/app-${version}.tar.xz`);

async function makePackages({ host }: World): Promise<void> {
  const files = { "usr/local/etc/app.conf": "port 1\n", "etc/shells": "/bin/sh\n" };
  await makePackage(host, { files, deletions: ["etc/motd.template"] });
  await makePackage(host, {
    version: "2.0",
    files: { "usr/local/etc/app.conf": "port 22\n", "usr/local/app/two": "2\n" },
  });
}

const program = ({ login }: World, type: string, layers: unknown[]): Declaration[] => [
  base(login, type === "thin" ? { kind: "split" } : {}),
  jail(login, "web", { type, layers }),
];

const flow = (type: string, from: unknown[] | undefined, to: unknown[], options = {}): Flow => ({
  options,
  setUp: makePackages,
  from: (world) => program(world, type, from ?? []).slice(0, from === undefined ? 1 : 2),
  to: (world) => program(world, type, to),
});

const made: Flow = {
  ...flow("clone", undefined, [one, two], { dataset: "tank/jails" }),
  like: [basic["create a clone"]!],
};
const changed: Flow = { ...flow("thick", [one], [two]), like: [made] };
const turned: Flow = { ...flow("thin", [one, two], [two, one]), like: [changed] };

export const layerFlows: Record<string, Flow> = {
  "a clone is made with layers": made,
  "layers of a thick jail are changed": changed,
  "layers of a thin jail change places": turned,
  "layers of a thick jail are taken out": {
    ...flow("thick", [one, two], []),
    like: [changed, turned],
  },
};
