/** The flows that the crash sweep goes through, in groups that run beside each other. */
import type { Properties } from "./engine.js";
import { base, jail, range } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

const directory = {};
const zfs = { dataset: "tank/jails" };
const lower = ({ login }: World) => [base(login), range(login)];
const web =
  (more: Properties = {}) =>
  (world: World) => [...lower(world), jail(world.login, "web", more)];
/** A range alone: something of ours is there, and a connection is open. */
const connected = ({ login }: World) => [range(login)];

export const creation: Record<string, Flow> = {
  "create a base": {
    options: directory,
    from: connected,
    to: ({ login }) => [range(login), base(login)],
  },
  "create a base on ZFS": {
    options: zfs,
    from: connected,
    to: ({ login }) => [range(login), base(login)],
  },
  "create a range": {
    options: directory,
    from: ({ login }) => [base(login)],
    to: ({ login }) => [base(login), range(login)],
  },
  "create a thick jail": { options: directory, from: lower, to: web() },
  "create a clone": { options: zfs, from: lower, to: web({ type: "clone" }) },
};

export const change: Record<string, Flow> = {
  "change in place": {
    options: directory,
    from: web(),
    to: web({ hostname: "www", parameters: { "allow.raw_sockets": true } }),
  },
  restart: {
    options: directory,
    from: web(),
    to: web({ mounts: [{ source: "/usr/share", target: "/mnt/share", readOnly: true }] }),
  },
  "write files": {
    options: directory,
    from: web({ files: { "/etc/old": { content: "old\n" } } }),
    to: web({ files: { "/etc/new": { content: "new\n" } } }),
  },
  stop: { options: directory, from: web(), to: web({ running: false, autostart: false }) },
};

export const deletion: Record<string, Flow> = {
  "delete a thick jail": { options: directory, from: web(), to: lower },
  "delete a clone": { options: zfs, from: web({ type: "clone" }), to: lower },
  "delete a base": { options: directory, from: lower, to: connected },
  "delete a base on ZFS": { options: zfs, from: lower, to: connected },
  "delete a range": { options: directory, from: lower, to: ({ login }) => [base(login)] },
  "delete the last of ours": { options: directory, from: connected, to: () => [] },
};
