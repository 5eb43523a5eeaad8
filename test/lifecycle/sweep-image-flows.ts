/** Image jails that are cut everywhere. */
import type { Properties } from "./engine.js";
import { base, jail, range } from "./programs.js";
import type { Flow } from "./sweep.js";
import { basic, deletion } from "./sweep-flows.js";
import type { World } from "./world.js";

/** The host's clock is slower: what has a time limit must not pass it on a busy machine. */
const options = { speed: 100 };
const zfs = { ...options, dataset: "tank/jails" };
const lower = ({ login }: World) => [range(login), base(login)];
const web =
  (more: Properties = {}, size = "64m") =>
  (world: World) => [
    ...lower(world),
    jail(world.login, "web", { type: "image", image: { size }, ...more }),
  ];
const files = { "/etc/ours": { content: "ours\n" } };

const none = () => [];
const created: Flow = {
  ...{ options, from: lower, to: web(), like: [basic["create a thick jail"]!] },
};
const grown: Flow = { options, from: web(), to: web({ files }, "96m"), like: [created] };

/** The first image jail makes the image of its base; with the base that goes, too. */
export const imageFlows: Record<string, Flow> = {
  "create an image jail": created,
  "create an image jail on ZFS": {
    ...{ options: zfs, from: lower, to: web() },
    like: [created, basic["create a clone"]!],
  },
  "grow an image jail": grown,
  "stop an image jail": {
    ...{ options, from: web({ files }), to: web({ running: false }), like: [grown] },
  },
  "delete an image jail and its base": {
    ...{ options, from: web(), to: none },
    like: [basic["delete a thick jail"]!, deletion["delete a base"]!, grown],
  },
  "delete an image jail and its base on ZFS": {
    ...{ options: zfs, from: web(), to: ({ login }) => [range(login)] },
    like: [basic["delete a clone"]!, deletion["delete a base on ZFS"]!, grown],
  },
};
