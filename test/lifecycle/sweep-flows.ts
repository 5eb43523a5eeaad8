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
const split = ({ login }: World) => [base(login, { kind: "split" }), range(login)];
const thin =
  (more: Properties = {}) =>
  (world: World) => [...split(world), jail(world.login, "web", { type: "thin", ...more })];
const empty =
  (more: Properties): Flow["to"] =>
  ({ login }) => [
    range(login),
    jail(login, "web", { type: "empty", base: undefined, addresses: [], ...more }),
  ];
/** A disk for the read-write part of a thin jail. */
const device = { readWrite: { device: "/dev/md0" } };
const attachDisk = ({ host }: World) =>
  host.run("truncate -s 16m /root/disk && mdconfig -a -t vnode -f /root/disk");
/** A range alone: something of ours is there, and a connection is open. */
const connected = ({ login }: World) => [range(login)];

const thickCreated: Flow = { options: directory, from: lower, to: web() };
const thinCreated: Flow = { options: directory, from: split, to: thin(), like: [thickCreated] };
const thickDeleted: Flow = { options: directory, from: web(), to: lower };
const thinDeleted: Flow = { options: directory, from: thin(), to: split, like: [thickDeleted] };
const changed: Flow = {
  options: directory,
  from: web(),
  to: web({ hostname: "www", parameters: { "allow.raw_sockets": true } }),
};

/** The flows that everything else is like. */
export const basic: Record<string, Flow> = {
  "create a thick jail": thickCreated,
  "create a clone": { options: zfs, from: lower, to: web({ type: "clone" }) },
  "change in place": changed,
  "delete a thick jail": thickDeleted,
  "delete a clone": { options: zfs, from: web({ type: "clone" }), to: lower },
};

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
  "create a thin jail": thinCreated,
  "create a thin jail on ZFS": { ...thinCreated, options: zfs, like: [thinCreated] },
  "create a thin jail on a device": {
    ...{ options: directory, from: split, to: thin(device), like: [thinCreated] },
    setUp: attachDisk,
  },
};

const restartOfThin: Flow = {
  options: directory,
  from: thin({ files: { "/etc/old": { content: "old\n" } } }),
  to: thin({
    files: { "/usr/local/etc/new": { content: "new\n" } },
    mounts: [{ source: "/usr/share", target: "/usr/local/share/host", readOnly: true }],
  }),
};

const restarted: Flow = {
  options: directory,
  from: web(),
  to: web({ mounts: [{ source: "/usr/share", target: "/mnt/share", readOnly: true }] }),
  like: [thickCreated],
};

const written: Flow = {
  options: directory,
  from: web({ files: { "/etc/old": { content: "old\n" } } }),
  to: web({ files: { "/etc/new": { content: "new\n" } } }),
};

export const change: Record<string, Flow> = {
  "change of a clone": {
    options: zfs,
    from: web({ type: "clone" }),
    to: web({ type: "clone", hostname: "www", parameters: { "allow.raw_sockets": true } }),
    like: [changed],
  },
  restart: restarted,
  "write files": written,
  "restart of a thin jail": restartOfThin,
  "files of an empty jail": {
    options: directory,
    from: empty({ files: { "/etc/old": { content: "old\n" } } }),
    to: empty({ files: { "/etc/new": { content: "new\n" } } }),
    like: [changed, written, restarted, restartOfThin],
  },
  "mounts of a thin jail that runs": {
    options: directory,
    from: thin({ mounts: [{ type: "tmpfs", target: "/var/store" }] }),
    to: thin({ mounts: [{ source: "/usr/share", target: "/mnt", readOnly: true }] }),
    like: [changed, written, restartOfThin],
  },
  "files of a stopped thin jail on a device": {
    options: directory,
    setUp: attachDisk,
    like: [restartOfThin],
    from: thin({ ...device, running: false, files: { "/etc/old": { content: "old\n" } } }),
    to: thin({ ...device, files: { "/etc/new": { content: "new\n" } } }),
  },
  stop: {
    options: directory,
    from: web(),
    to: web({ running: false, autostart: false }),
    like: [changed],
  },
};

export const deletion: Record<string, Flow> = {
  "delete a thin jail": thinDeleted,
  "delete a thin jail on ZFS": { ...thinDeleted, options: zfs, like: [thinDeleted] },
  "delete a thin jail on a device": {
    ...{ options: directory, from: thin(device), to: split, like: [thinDeleted] },
    setUp: attachDisk,
  },
  "delete a base": { options: directory, from: lower, to: connected },
  "delete a base on ZFS": { options: zfs, from: lower, to: connected },
  "delete a range": { options: directory, from: lower, to: ({ login }) => [base(login)] },
  "delete the last of ours": { options: directory, from: connected, to: () => [] },
};
