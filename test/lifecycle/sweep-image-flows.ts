/** Image jails that are cut everywhere. */
import type { Properties } from "./engine.js";
import { base, jail, range } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

/** The host's clock is slower: what has a time limit must not pass it on a busy machine. */
const options = { speed: 300 };
const zfs = { ...options, dataset: "tank/jails" };
const lower = ({ login }: World) => [range(login), base(login)];
const web =
  (more: Properties = {}, size = "64m") =>
  (world: World) => [
    ...lower(world),
    jail(world.login, "web", { type: "image", image: { size }, ...more }),
  ];
const files = { "/etc/ours": { content: "ours\n" } };

export const imageFlows: Record<string, Flow> = {
  "create an image jail": { options, from: lower, to: web({ files }) },
  "create an image jail on ZFS": { options: zfs, from: lower, to: web() },
  "grow an image jail": { options, from: web(), to: web({ files }, "96m") },
  "stop an image jail": { options, from: web({ files }), to: web({ running: false }) },
  "delete an image jail": { options, from: web(), to: lower },
};
