/** Looking into a package before anything is done with it, and where packages lie that were fetched. */
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { manifestName, manifestSize } from "./package-manifest.js";
import { fetchFileFunction, fetchLock } from "./release.js";

/** Where a package comes from. */
export interface PackageSource {
  /** Its file on the host, or where it is kept there after it was fetched. */
  readonly file: string;
  readonly url?: string | undefined;
  /** Undefined for a file that has its digest beside it, in `<file>.sha256`. */
  readonly sha256?: string | undefined;
}

/** The digest that `sha256 FILE` wrote beside a file, in either of its forms. */
export const readSum = (file: string): Command => look(["cat", `${file}.sha256`]);

export function parseSum({ status, stdout }: CommandResult): string | undefined {
  const match = /^(?:SHA256 \(.*\) = )?([0-9a-f]{64})(?: [ *].*)?\n?$/.exec(stdout);
  return status === 0 ? match?.[1] : undefined;
}

/** Seconds that a listing may take: an archive may unpack to more than there is time for. */
const listingTime = 600;

/** Bytes of manifest and listing together; what is longer is cut short, which the parser sees. */
const inspectionSize = 2 * manifestSize;

/**
 * Fetches a package where it is needed, and prints its manifest and its listing. When the link `record` says that the
 * layers up to `wanted` are in the tree that the link `tree` speaks of, it prints what was noted of it then.
 */
export function inspectPackage(
  { file, url = "", sha256 = "" }: PackageSource,
  known: { tree: string; template: string; record: string; wanted: string; head: string },
): Command {
  const { tree, template, record, wanted, head } = known;
  const lock = fetchLock(sha256);
  const words = [file, url, sha256, lock, record, wanted, head];
  return look(["inspect_package", ...words, tree, template], {
    shellFunction: inspectPackageFunction,
    unguarded: true,
    deadline: 7200 + listingTime,
    answerSize: inspectionSize,
    title: `look at the package ${url || file}`,
  });
}

const inspectPackageFunction = shellFunction(
  "inspect_package",
  `if [ -n "$6" ] && [ -f "$7" ] && [ "$(readlink "$8")" = "$9" ]; then
    case $(readlink "$5" 2>/dev/null) in "$6"|"$6",*) echo known; cat "$7"; return;; esac
  fi
  f=$1 d=$3
  if [ -n "$2" ]; then
    [ -d "\${f%/*}" ] || { echo "\${f%/*} is not on the host" >&2; return 1; }
    mkdir -p -m 0700 "\${4%/*}" && umask 077 && fetch_file "$2" "$f" "$d" "the declaration" "$4" || return
  fi
  [ -f "$f" ] || { echo "$f is not on the host" >&2; return 1; }
  if [ -z "$d" ]; then
    [ -f "$f.sha256" ] || { echo "$f.sha256 is not there, and no sha256 was given" >&2; return 1; }
    read -r d <"$f.sha256"; d=\${d#"SHA256 ("*") = "}; d=\${d%% *}
  fi
  n=$(sha256 -q "$f") && [ "$n" = "$d" ] || { echo "its sha256 is $n, not $d" >&2; return 1; }
  echo "sha256 $d"
  timeout -k 5 ${listingTime} tar -xOqf "$f" ${manifestName} 2>/dev/null | tr -d '\\n' | head -c ${manifestSize}; echo
  timeout -k 5 ${listingTime} tar -tvf "$f" --numeric-owner | head -c ${manifestSize}`,
  [fetchFileFunction],
);

/** What `inspectPackage` came to. */
export type Inspection =
  | { readonly kind: "fault"; readonly message: string }
  /** It is in the tree already; the text is the manifest without its files. */
  | { readonly kind: "known"; readonly manifest: string }
  | {
      readonly kind: "new";
      readonly sha256: string;
      readonly manifest: string;
      readonly listing: string;
    };

export function parseInspection({ status, stdout, stderr }: CommandResult): Inspection {
  const [first = "", manifest = "", ...lines] = stdout.split("\n");
  const sha256 = /^sha256 ([0-9a-f]{64})$/.exec(first)?.[1];
  if (status === 0 && first === "known") return { kind: "known", manifest };
  if (manifest.length >= manifestSize) {
    return { kind: "fault", message: `its ${manifestName} has more than ${manifestSize} bytes` };
  }
  if (status === 0 && sha256 !== undefined) {
    return { kind: "new", sha256, manifest, listing: lines.join("\n") };
  }
  const said = stderr.trim().split("\n").slice(-3).join("\n");
  return { kind: "fault", message: said === "" ? `it cannot be read (status ${status})` : said };
}

/** Where packages that were fetched lie until no jail of the host has layers any more. */
export const cachedPackage = (media: string, sha256: string): string =>
  `${media}/package-${sha256.slice(0, 16)}.txz`;

export const dropCachedPackages = (state: string, media: string): Command =>
  act(["drop_cached_packages", state, media], { shellFunction: dropCachedPackagesFunction });

const dropCachedPackagesFunction = shellFunction(
  "drop_cached_packages",
  `for d in "$1"/layers.*; do [ ! -e "$d" ] || return 0; done
  rm -f "$2"/package-*.txz`,
);
