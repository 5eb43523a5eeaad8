/** Linux bases and jails that are cut everywhere. */
import { linuxBase, linuxJail } from "./linux-programs.js";
import { range } from "./programs.js";
import type { Flow } from "./sweep.js";
import { basic, change, creation, deletion } from "./sweep-flows.js";
import type { World } from "./world.js";

// What runs in a jail gets 30 seconds of the machine's clock: enough of the wall's for more programs than FreeBSD needs.
const options = { debootstrap: true, speed: 100 };
const zfs = { ...options, dataset: "tank/jails" };
const setUp = ({ host }: World) => host.run("kldload linux64");
/** A range alone: something of ours is there, and a connection is open. */
const connected = ({ login }: World) => [range(login)];
const files = { "/etc/motd": { content: "hello\n" } };
const withJail =
  (more = {}) =>
  // The name of other sweeps' jails: what both do is the same then.
  ({ login }: World) => [
    range(login),
    linuxBase(login),
    linuxJail(login, { name: "web", ...more }),
  ];

const like = (...flows: (Flow | undefined)[]) => ({
  like: flows.filter((flow) => flow !== undefined),
});

const created: Flow = {
  ...{ options, setUp, from: connected, to: withJail({ files, hosts: "own" }) },
  ...like(basic["create a thick jail"], creation["create a base"], change["write files"]),
};

export const linuxFlows: Record<string, Flow> = {
  "create a Linux base and jail": created,
  "create a Linux base and clone": {
    ...{ options: zfs, setUp, from: connected, to: withJail({ type: "clone" }) },
    ...like(created, basic["create a clone"], creation["create a base on ZFS"]),
  },
  "change a Linux jail, with a restart": {
    ...{ options, setUp, from: withJail({ files }) },
    to: withJail({ mounts: [{ type: "tmpfs", target: "/srv" }] }),
    ...like(created, change["write files"], change.restart),
  },
  "delete a Linux jail and its base": {
    ...{ options, setUp, from: withJail({ files }), to: connected },
    ...like(basic["delete a thick jail"], deletion["delete a base"]),
  },
};
