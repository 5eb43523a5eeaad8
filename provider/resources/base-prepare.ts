/** What only the building of a template has to know: MANIFEST, pkg(8), the directory that is copied, old ports trees. */
import { type Command, look, shellFunction } from "../freebsd/command.js";
import { stateDirectory, templatesDirectory } from "../freebsd/layout.js";
import { type MountEntry, mountsBelow, parseMounts } from "../freebsd/mount.js";
import { checkPkg } from "../freebsd/pkgbase.js";
import { parseUserland, readManifest, readUserland, type Userland } from "../freebsd/release.js";
import { type BaseTarget, placeOf } from "./base-inputs.js";
import type { Results } from "./resource.js";

export interface BasePrepared {
  /** Of the distribution sets. */
  readonly manifest?: { readonly text: string; readonly fault: string };
  /** What pkg(8) said when it is not installed; empty when it is. */
  readonly pkgFault?: string;
  /** The directory that is copied: what it says of itself, and what is mounted in it. */
  readonly copied?: {
    readonly userland: Userland | undefined;
    readonly mounts: readonly MountEntry[];
  };
  /** Ports trees in templates that this resource uses or used. */
  readonly ports?: readonly string[];
}

export function prepareBase(t: BaseTarget): Record<string, Command> {
  const { dist, mirror, release, archive, pkgbase, src, directory, sets } = t.inputs;
  if (archive !== undefined || src !== undefined) return {};
  if (pkgbase !== undefined) return { pkg: checkPkg() };
  if (directory !== undefined) {
    return {
      copied: { ...readUserland(directory), unguarded: true },
      copiedMounts: { ...mountsBelow(directory), unguarded: true },
    };
  }
  return {
    manifest: readManifest(dist, mirror, release),
    ...(sets.includes("ports") ? { ports: findPorts(t) } : {}),
  };
}

/** Lists the ports trees of templates that have our link. */
const findPorts = ({ storage, mark }: BaseTarget): Command =>
  look(["find_ports", stateDirectory(storage), templatesDirectory(storage), mark.id], {
    shellFunction: findPortsFunction,
    unguarded: true,
  });

const findPortsFunction = shellFunction(
  "find_ports",
  `for l in "$1"/users.*/"$3"; do
    t=\${l%/*}; t=$2/\${t##*/users.}
    for d in "$t/usr/ports" "$t/root/usr/ports"; do [ ! -d "$d" ] || echo "$d"; done
  done`,
);

export function parsePrepared(t: BaseTarget, results: Results): BasePrepared {
  const { manifest, pkg, copied, copiedMounts, ports } = results;
  const { directory } = t.inputs;
  const own = `${placeOf(t).path}/`;
  return {
    ...(manifest && {
      manifest: {
        text: manifest.status === 0 ? manifest.stdout : "",
        fault: manifest.stderr.trim(),
      },
    }),
    ...(pkg && { pkgFault: pkg.status === 0 ? "" : pkg.stderr.trim() || "no answer" }),
    ...(copied &&
      copiedMounts &&
      directory !== undefined && {
        copied: {
          userland: parseUserland(copied),
          mounts: parseMounts(copiedMounts, directory).filter(({ on }) => on !== directory),
        },
      }),
    ...(ports && {
      ports: ports.stdout.split("\n").filter((line) => line !== "" && !line.startsWith(own)),
    }),
  };
}
