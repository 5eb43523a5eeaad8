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

/** The line of a tree's sys/param.h that says its __FreeBSD_version, which is kern.osreldate. Not every base has headers. */
export const readHeaderVersion = (tree: string): Command =>
  look(["grep", "^#define[[:space:]]*__FreeBSD_version", `${tree}/usr/include/sys/param.h`], {
    unguarded: true,
  });

/** "1403000"; undefined when the tree does not say it. */
export const parseHeaderVersion = (result: CommandResult | undefined): string | undefined =>
  /^#define\s+__FreeBSD_version\s+([1-9]\d{5,7})\b/m.exec(result?.stdout ?? "")?.[1];

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

/** The locks of downloads: two templates that need the same file fetch it once. */
export const fetchLock = (digest: string): string =>
  `/var/run/pulumi-freebsd/media.${digest.slice(0, 16)}`;

/**
 * Downloads a file beside its final name, verifies it, and gives it its name; what is cached already stays. Whoever
 * wants the same file meanwhile waits for it. `authority` is who says the digest.
 */
export const fetchFile = (
  url: string,
  path: string,
  digest: string,
  authority = "MANIFEST",
): Command =>
  act(["fetch_file", url, path, digest, authority, fetchLock(digest)], {
    shellFunction: fetchFileFunction,
    // Somebody else's download may come first.
    deadline: 2 * fetchDeadline,
    title: `fetch ${url}`,
  });

const fetchDeadline = 7200;

// lockf(1) runs a program, not a function; it is in a shell of its own for that.
export const fetchFileFunction = shellFunction(
  "fetch_file",
  `[ ! -f "$2" ] || return 0
  lockf -k -t ${fetchDeadline} "$5" /bin/sh -c '
  [ ! -f "$2" ] || exit 0
  if fetch -q -o "$2.part" "$1"; then
    sha256 -c "$3" "$2.part" >&2 && mv -f "$2.part" "$2" && exit 0
    echo "$4 says sha256 $3: what came is cut short or another file" >&2
  fi
  rm -f "$2.part"; exit 1' sh "$@"`,
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

/**
 * Unpacks an archive of whatever compression tar(1) knows, with further options of tar. On a full disk it says how
 * much was needed.
 */
export const extract = (
  archive: string,
  directory: string,
  options: readonly string[] = [],
): Command =>
  act(["extract", archive, directory, ...options], {
    shellFunction: extractFunction,
    deadline: 3600,
    title: `extract ${archive}`,
  });

// In the C locale tar(1) fails for every name that an archive has as UTF-8, though it extracts it.
const extractFunction = shellFunction(
  "extract",
  `a=$1 d=$2; shift 2
  e=$(LC_ALL=C.UTF-8 tar -xpf "$a" -C "$d" "$@" 2>&1) && return 0
  s=$?; printf '%s\\n' "$e" | tail -n 5 >&2
  case $e in *"No space left"*|*"Disc quota"*) ;; *) return "$s";; esac
  tar -tvf "$a" 2>/dev/null | {
    n=0
    while read -r _ _ _ _ z _; do case $z in ''|*[!0-9]*) ;; *) n=$((n + z));; esac; done
    echo "what is in $a needs $((n / 1048576 + 1)) MiB and a little more for its directories" >&2
  }
  return "$s"`,
);

/**
 * Holds what a tree says of itself against what was asked for: another release would be wrong in every jail, and
 * freebsd-update(8) knows no level but the newest.
 */
export const expectUserland = (tree: string, release: string, level = ""): Command =>
  act(["expect_userland", tree, release, level], {
    shellFunction: expectUserlandFunction,
    title: `look whether ${tree} is ${release}`,
  });

const expectUserlandFunction = shellFunction(
  "expect_userland",
  `v=$(grep '^USERLAND_VERSION=' "$1/bin/freebsd-version") || { echo "the tree has no bin/freebsd-version: it is no FreeBSD userland" >&2; return 1; }
  v=\${v#*=}; v=\${v#\\"}; v=\${v%\\"}
  case $v in
  "$2"|"$2"-p[0-9]*) ;;
  *) echo "the tree is $v, not the declared release $2" >&2; return 1;;
  esac
  [ -z "$3" ] || [ "$v" = "$2-$3" ] || {
    echo "the newest updates make it $v, not $2-$3: freebsd-update(8) knows no other level. Declare patch: \\"latest\\" or the level of $v" >&2; return 1; }`,
);
