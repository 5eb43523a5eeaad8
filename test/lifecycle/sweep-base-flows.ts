/** Flows of the crash sweep that build, replace and remove templates of every source, kind and patch level. */
import { createHash } from "node:crypto";
import type { Properties } from "./engine.js";
import { base, range, release } from "./programs.js";
import type { Flow } from "./sweep.js";
import type { World } from "./world.js";

/** An update that has to be installed in two rounds. */
const updates = { [release]: { level: 4, files: { "lib/libcrypt.so.5": null } } };
const directory = { updates };
const zfs = { dataset: "tank/jails", updates };
/** A range alone: something of ours is there, and a connection is open. */
const connected = ({ login }: World) => [range(login)];
const withBase =
  (more: Properties = {}) =>
  ({ login }: World) => [range(login), base(login, more)];

const url = `https://download.freebsd.org/releases/amd64/amd64/${release}/base.txz`;
const fromArchive = (world: World) => {
  const bytes = world.host.machine.web.get(url);
  if (!Buffer.isBuffer(bytes)) throw new Error(`nothing at ${url}`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return withBase({ archive: { url, sha256 }, kind: "split" })(world);
};

const sets = ["base", "ports"];

const fromArchiveCreated: Flow = { options: directory, from: connected, to: fromArchive };
const patchedCreated: Flow = {
  options: directory,
  from: connected,
  to: withBase({ patch: "latest", kind: "split" }),
};
const patchedOnZfs: Flow = {
  options: zfs,
  from: connected,
  to: withBase({ patch: "latest" }),
  like: [patchedCreated],
};
const splitDeleted: Flow = {
  options: directory,
  from: withBase({ kind: "split", sets }),
  to: connected,
};

export const baseFlows: Record<string, Flow> = {
  "create a split base from an archive": fromArchiveCreated,
  "create a patched base": patchedCreated,
  "create a patched base on ZFS": patchedOnZfs,
  "create a base of packages": {
    options: { pkg: true, pkgbase: { "15.1": "15.1-RELEASE-p3" } },
    from: connected,
    to: withBase({ pkgbase: {} }),
    like: [patchedCreated],
  },
  "create a base from a directory": {
    options: directory,
    setUp: ({ host }) => host.run("mkdir /t && tar -xpf /usr/freebsd-dist/base.txz -C /t"),
    from: connected,
    to: withBase({ directory: "/t" }),
    like: [fromArchiveCreated],
  },
  "create a split base from source": {
    options: { src: true },
    from: connected,
    to: withBase({ src: "/usr/src", kind: "split" }),
    like: [fromArchiveCreated],
  },
  "create a base from source on ZFS": {
    options: { ...zfs, src: true },
    from: connected,
    to: withBase({ src: "/usr/src" }),
    like: [fromArchiveCreated, patchedOnZfs],
  },
  "replace a base by a split one, with its ports": {
    options: directory,
    from: withBase({ sets }),
    to: withBase({ sets, kind: "split" }),
    like: [fromArchiveCreated],
  },
  "replace a base by a patched one on ZFS": {
    options: zfs,
    from: withBase(),
    to: withBase({ patch: "latest" }),
    like: [patchedOnZfs],
  },
  "delete a split base": splitDeleted,
  "delete a split base on ZFS": {
    options: zfs,
    from: withBase({ kind: "split" }),
    to: connected,
    like: [splitDeleted],
  },
};
