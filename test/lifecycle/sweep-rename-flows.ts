/** Changes of a jail's name that are cut everywhere. */
import type { Properties } from "./engine.js";
import { base, jail, range } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

const zfs = { dataset: "tank/jails" };

const called =
  (name: string, more: Properties = {}) =>
  ({ login }: World) => [
    base(login, more.type === "thin" ? { kind: "split" } : {}),
    range(login),
    jail(login, "web", { name, ...more }),
  ];

const rename = (more: Properties = {}, options: Flow["options"] = {}): Flow => ({
  options,
  from: called("web", more),
  to: called("app", more),
});

const thick = rename();
const clone: Flow = { ...rename({ type: "clone" }, zfs), like: [thick] };

export const renameFlows: Record<string, Flow> = {
  "a thick jail is renamed": thick,
  "a clone is renamed": clone,
  "a thin jail on an image is renamed": {
    ...rename({ type: "thin", readWrite: { image: { size: "16m" } } }),
    like: [thick],
  },
  "a jail does not start by its new name": {
    ...rename(),
    to: called("app", { parameters: { "exec.poststart": "false" } }),
    fails: /has its old name web again, and is as it was/,
    like: [thick],
  },
};
