/** Upgrades and ways back that are cut everywhere. */
import type { Declaration, Properties } from "./engine.js";
import { baseOf, jail } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

const older = "14.3-RELEASE";

/** Both bases are there before and after: what is cut is the jail's own change. */
const program = (
  { login }: World,
  type: string,
  on: "old" | "new",
  more: Properties = {},
): Declaration[] => {
  const kind = type === "thin" ? { kind: "split" } : {};
  const declared = jail(login, "web", { type, ...more });
  const inputs = (outputs: Record<string, Properties>) => ({
    ...declared.inputs(outputs),
    base: baseOf(outputs, on),
  });
  const bases = { old: older, new: "15.1-RELEASE" };
  return [
    ...Object.entries(bases).map(([name, release]) => ({
      kind: "BaseRelease" as const,
      name,
      inputs: () => ({ host: login, release, ...kind }),
    })),
    { ...declared, inputs },
  ];
};

const upgrade = (type: string, options: Flow["options"] = {}, more: Properties = {}): Flow => ({
  options: { releases: [older], ...options },
  from: (world) => program(world, type, "old", more),
  to: (world) => program(world, type, "new", more),
});

export const upgradeFlows: Record<string, Flow> = {
  "a thick jail is upgraded": upgrade("thick"),
  "a clone is upgraded": upgrade("clone", { dataset: "tank/jails" }),
  "a thin jail is upgraded": upgrade("thin"),
  "a clone is upgraded, and its old tree removed": upgrade(
    "clone",
    { dataset: "tank/jails" },
    { keepOld: 0 },
  ),
};
