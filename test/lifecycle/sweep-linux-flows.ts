/** Linux bases and jails that are cut everywhere. */
import { linuxBase, linuxJail } from "./linux-programs.js";
import { range } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

// What runs in a jail gets 30 seconds of the machine's clock: enough of the wall's for more programs than FreeBSD needs.
const options = { debootstrap: true, speed: 100 };
const zfs = { ...options, dataset: "tank/jails" };
const setUp = ({ host }: World) => host.run("kldload linux64");
/** A range alone: something of ours is there, and a connection is open. */
const connected = ({ login }: World) => [range(login)];
const files = { "/etc/motd": { content: "hello\n" } };
const withBase = ({ login }: World) => [range(login), linuxBase(login)];
const withJail =
  (more = {}) =>
  (world: World) => [...withBase(world), linuxJail(world.login, more)];

export const linuxFlows: Record<string, Flow> = {
  "debootstrap a base": { options, setUp, from: connected, to: withBase },
  "create a Linux jail": { options, setUp, from: withBase, to: withJail({ files }) },
  "create a base and a Linux clone": {
    ...{ options: zfs, setUp },
    from: connected,
    to: withJail({ type: "clone" }),
  },
  "change a Linux jail, with a restart": {
    ...{ options, setUp },
    from: withJail({ files }),
    to: withJail({ mounts: [{ type: "tmpfs", target: "/srv" }] }),
  },
  "delete a Linux jail and its base": { options, setUp, from: withJail({ files }), to: connected },
};
