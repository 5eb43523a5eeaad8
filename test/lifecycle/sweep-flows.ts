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
/** A disk for the read-write part of a thin jail. */
const device = { readWrite: { device: "/dev/md0" } };
const attachDisk = ({ host }: World) =>
  host.run("truncate -s 256m /root/disk && mdconfig -a -t vnode -f /root/disk");
/** Files are read and written with a time limit, which must not pass on a busy machine: the host's clock is slower. */
const patient = { speed: 300 };
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
  "create a thin jail": { options: directory, from: split, to: thin() },
  "create a thin jail on ZFS": { options: zfs, from: split, to: thin() },
  "create a thin jail on a device": {
    options: directory,
    setUp: attachDisk,
    from: split,
    to: thin(device),
  },
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
  "restart of a thin jail": {
    options: patient,
    from: thin({ files: { "/etc/old": { content: "old\n" } } }),
    to: thin({
      files: { "/usr/local/etc/new": { content: "new\n" } },
      mounts: [{ source: "/usr/share", target: "/usr/local/share/host", readOnly: true }],
    }),
  },
  "files of a stopped thin jail on a device": {
    options: patient,
    setUp: attachDisk,
    from: thin({ ...device, running: false, files: { "/etc/old": { content: "old\n" } } }),
    to: thin({ ...device, files: { "/etc/new": { content: "new\n" } } }),
  },
  stop: { options: directory, from: web(), to: web({ running: false, autostart: false }) },
};

export const deletion: Record<string, Flow> = {
  "delete a thick jail": { options: directory, from: web(), to: lower },
  "delete a clone": { options: zfs, from: web({ type: "clone" }), to: lower },
  "delete a thin jail": { options: directory, from: thin(), to: split },
  "delete a thin jail on ZFS": { options: zfs, from: thin(), to: split },
  "delete a thin jail on a device": {
    options: directory,
    setUp: attachDisk,
    from: thin(device),
    to: split,
  },
  "delete a base": { options: directory, from: lower, to: connected },
  "delete a base on ZFS": { options: zfs, from: lower, to: connected },
  "delete a range": { options: directory, from: lower, to: ({ login }) => [base(login)] },
  "delete the last of ours": { options: directory, from: connected, to: () => [] },
};
