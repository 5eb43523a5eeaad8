/** Base releases: distribution sets and what a tree says of itself. */
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { misread, wholeLines } from "./lines.js";

/**
 * The userland's version as the text of a tree's freebsd-version says. The script is never run: a jail's root can
 * replace it.
 */
export const readUserland = (tree: string): Command =>
  look(["grep", "^USERLAND_VERSION=", `${tree}/bin/freebsd-version`]);

export interface Userland {
  /** "15.1-RELEASE" */
  readonly release: string;
  /** 0 when unpatched. */
  readonly patch: number;
}

/** Undefined when there is no such tree. Throws when its script does not say one version. */
export function parseUserland(result: CommandResult): Userland | undefined {
  const lines = wholeLines("grep", result.stdout);
  if (lines.length === 0) return undefined;
  const match = /^USERLAND_VERSION="(\d+\.\d+(?:-[A-Z][A-Z0-9]*)+)(?:-p([1-9]\d*))?"$/.exec(
    lines.join("\n"),
  );
  if (match === null) throw misread("freebsd-version", result.stdout);
  return { release: match[1]!, patch: Number(match[2] ?? 0) };
}

/** Prints the MANIFEST of a release: from a directory of the host, or from a mirror for the host's architecture. */
export function readManifest(dist: string | undefined, mirror: string, release: string): Command {
  if (dist !== undefined) return look(["cat", `${dist}/MANIFEST`], { unguarded: true });
  return look(["fetch_manifest", mirror, release], {
    shellFunction: fetchManifest,
    unguarded: true,
    deadline: 120,
  });
}

const fetchManifest = shellFunction(
  "fetch_manifest",
  `case $1 in
  */old-releases) fetch -q -o - "$1/$(sysctl -n hw.machine)/$2/MANIFEST";;
  *) fetch -q -o - "$1/releases/$(sysctl -n hw.machine)/$(sysctl -n hw.machine_arch)/$2/MANIFEST";;
  esac`,
);

/** Where a mirror has a release, as bsdinstall(8) finds it; the archive of old releases has one directory less. */
export const releasePath = (
  mirror: string,
  host: { machine: string; machineArch: string },
  release: string,
): string =>
  mirror.endsWith("/old-releases")
    ? `${mirror}/${host.machine}/${release}`
    : `${mirror}/releases/${host.machine}/${host.machineArch}/${release}`;

/** Set name ("base") to sha256. Throws when a line is not what a MANIFEST holds. */
export function parseManifest(text: string): Map<string, string> {
  const digests = new Map<string, string>();
  for (const line of text.split("\n").filter((each) => each !== "")) {
    const match = /^([\w.-]+)\.txz\t([0-9a-f]{64})\t\d+(?:\t.*)?$/.exec(line);
    if (match === null || digests.has(match[1]!)) {
      throw new Error(`not a line of a MANIFEST: ${JSON.stringify(line.slice(0, 100))}`);
    }
    digests.set(match[1]!, match[2]!);
  }
  return digests;
}

/**
 * Downloads a file beside its final name, verifies it, and gives it its name; what is cached already stays.
 */
export const fetchFile = (url: string, path: string, digest: string): Command =>
  act(["fetch_file", url, path, digest], {
    shellFunction: fetchFileFunction,
    deadline: 7200,
    title: `fetch ${url}`,
  });

const fetchFileFunction = shellFunction(
  "fetch_file",
  `[ ! -f "$2" ] || return 0
  if fetch -q -o "$2.part" "$1"; then
    sha256 -c "$3" "$2.part" >&2 && mv -f "$2.part" "$2" && return 0
    echo "MANIFEST says sha256 $3: what came is cut short or another file" >&2
  fi
  rm -f "$2.part"; return 1`,
);

/** Size in bytes of what a URL names, for progress lines. */
export const fetchSize = (url: string): Command =>
  look(["fetch", "-s", url], { unguarded: true, deadline: 120 });
export const fileSize = (path: string): Command => look(["stat", "-f", "%z", path]);

/** Fails with status 2 when the file's digest is another one. */
export const verifyDigest = (digest: string, path: string): Command =>
  act(["sha256", "-c", digest, path], {
    deadline: 600,
    title: `verify ${path} (sha256 ${digest})`,
  });

export const extract = (archive: string, directory: string): Command =>
  act(["tar", "-xpf", archive, "-C", directory], { deadline: 3600, title: `extract ${archive}` });
