/** Limits of jails that are changed and taken away, cut everywhere. */
import type { Properties } from "./engine.js";
import { base, jail, range } from "./programs.js";
import type { Flow } from "./sweep.js";
import { basic } from "./sweep-flows.js";
import type { World } from "./world.js";

const web =
  (more: Properties) =>
  ({ login }: World) => [base(login), range(login), jail(login, "web", more)];

const limited = { limits: { memoryuse: "512m", maxproc: { deny: 200, log: 150 } }, cpuset: "0" };
const clone = { options: { dataset: "tank/jails" }, like: [basic["change in place"]!] };

export const limitsFlows: Record<string, Flow> = {
  "limits are changed": {
    ...clone,
    from: web({ type: "clone", ...limited, quota: "8g" }),
    to: web({
      ...{ type: "clone", cpuset: "0-1", quota: "9g" },
      limits: { memoryuse: "1g", maxproc: { deny: 200 }, readbps: "1m" },
    }),
  },
  "limits are taken away": {
    ...clone,
    from: web({ type: "clone", ...limited, quota: "8g" }),
    to: web({ type: "clone" }),
  },
};
