/**
 * What a jail has beyond its base: found by comparing lists of mtree(8), copied beside, where it is at rest, and listed
 * there with digests, so that what is packed is what is listed.
 */
import { packJail, packTree } from "./carry-over.js";
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { removeTreeFunction } from "./files.js";
import { isRunning } from "./inside.js";
import { linesOf, misread } from "./lines.js";
import { entryLimit, manifestName, manifestSize, type PackagedFile } from "./package-manifest.js";
import { plainDirectories, withUnion } from "./record.js";
import { listTree, names, refuseNewlines } from "./tree-lists.js";

/** Never packed: what is this host's, this moment's, or nobody else's to have. Extended patterns, from the root on. */
const leftOut: readonly string[] = [
  ...["dev", "proc", "tmp", "var/tmp", "var/run", "var/crash", "var/mail", "var/spool/lock"].map(
    (directory) => `${directory}/.*`,
  ),
  ...["var/cache/pkg", "var/db/freebsd-update", "var/db/entropy", "var/db/pulumi-freebsd"].map(
    (directory) => `${directory}(/.*)?`,
  ),
  ...["entropy", "boot/entropy", "\\.diskless", "var/\\.diskless"],
  ...["etc/ssh/ssh_host_[^/]*", "etc/hostid", "etc/machine-id", "etc/resolv\\.conf"],
  ...["root/\\.[a-z]*_?history", "var/db/(mounttab|utx\\.lastlogin)", "\\+MANIFEST\\.json"],
];

/** Logs go, the directories that daemons want to write them to stay. */
const logs = "var/log/.*";

/** A script for sed(1) that takes out of a list what is not packed; `more` are paths of the program. */
export function exclusion(more: readonly string[]): string {
  const own = more.map((path) => `${path.slice(1).replace(/[.+]/g, "\\$&")}(/.*)?`);
  const pattern = [...leftOut, ...own].join("|");
  return [
    "/ type=(socket|fifo|char|block)( |$)/d",
    `\\%^\\./(${pattern}) type=%d`,
    `\\%^\\./${logs} type=dir%!{\\%^\\./${logs} type=%d;}`,
    "/^\\. /d",
  ].join("\n");
}

export interface Changes {
  /** The jail; when it does not run, its tree is read from the host. */
  readonly jail: string;
  readonly tree: string;
  /** Where the running jail has the tree. */
  readonly inside: string;
  readonly base: string;
  readonly thin: boolean;
  readonly exclude: readonly string[];
  /** Directory on the host, which no jail sees. */
  readonly work: string;
  /** Where the jail's changes are while it records; its tree is read through the union. */
  readonly recorded?: string;
}

/** Copies what differs from the base to `<work>/stage`, and lists it in `<work>/entries` and `<work>/gone`. */
export const collectChanges = (changes: Changes): Command => {
  const { work, jail, inside, tree, base, exclude, thin, recorded = "" } = changes;
  const words = [work, `${jail}:${inside}`, tree, base, exclusion(exclude), thin ? "thin" : ""];
  return act(["collect_changes", ...words, recorded], {
    shellFunction: collectChangesFunction,
    detached: true,
    deadline: 3600,
    title: `compare jail ${jail} with its base`,
  });
};

const keys = "type,mode,uid,gid,size,link,sha256";

/** Lists what was copied: of the parents that were made for it, nothing. */
const listStage = shellFunction(
  "list_stage",
  `(set -o pipefail; mtree -c -x -n -k ${keys} -p stage | mtree -C -k ${keys} | sort >all) && join own all >entries.new`,
);

/** Names as they are where nothing is thin: of the list $1, into $2. */
export const fullNames = shellFunction(
  "full_names",
  `sed -E "s#^\\./usr-local(/| |\\$)#./usr/local\\\\1#" "$1" | sort >"$2"`,
);

/** Bytes of the lists together: a manifest has at most twice as many, as each backslash becomes two in JSON. */
const listsSize = manifestSize / 2;

/** What a jail hands out need not be what it lists, and lists are read again and again until the package is there. */
const refuseUnfit = shellFunction(
  "refuse_unfit",
  `o=$(sed -E "/ type=(file|dir|link) /d" entries.new | head -n 1)
  [ -z "$o" ] || { echo "the jail packed what it had listed as a file, directory or link as something else: $o" >&2; return 1; }
  n=$(wc -l <entries.new) b=$(cat entries.new gone.new | wc -c)
  [ "$n" -le ${entryLimit} ] && [ "$b" -le ${listsSize} ] ||
    { echo "$((n)) files and $((b)) bytes of lists differ from the base, and a package holds at most ${entryLimit} and ${listsSize}: leave some out by exclude" >&2; return 1; }`,
);

// The manifest is written from the host: nothing that a jail hands out may be in its place.
const collect = shellFunction(
  "collect",
  `r=false
  ! is_running "\${2%%:*}" || r=true
  [ -d "$1" ] || mkdir -m 0700 "$1" || return
  cd "$1" && remove_tree "$1/stage" && mkdir -m 0700 stage && list_tree "$4" base.all false && list_tree "$3" jail.all "$r" &&
    plain_directories base.all >base && plain_directories jail.all >jail || return
  comm -13 base jail | sed -E "$5" | names >own && names <jail >there && names <base | comm -23 - there >missing &&
    join missing base | sed -E "$5" | names >gone.new && refuse_newlines || return
  if [ -s own ]; then
    set -o pipefail
    unvis own | tr "\\n" "\\000" | if [ "$r" = true ]; then pack_jail "$2" || :; else pack_tree "$3"; fi | tar -xpf - --numeric-owner -C stage &&
      rm -rf stage/${manifestName} stage/${manifestName}.new || return
  fi
  if [ -n "$6" ]; then
    [ ! -d stage/usr-local ] || { mkdir stage/usr && mv stage/usr-local stage/usr/local; } || return
    full_names own own.full && mv -f own.full own && full_names gone.new gone.full && mv -f gone.full gone.new || return
  fi
  list_stage && refuse_unfit && mv -f gone.new gone && mv -f entries.new entries`,
  [
    isRunning,
    removeTreeFunction,
    listTree,
    names,
    plainDirectories,
    refuseNewlines,
    packJail,
    packTree,
    listStage,
    refuseUnfit,
    fullNames,
  ],
);

// What a running jail records, it sees itself.
const collectChangesFunction = shellFunction(
  "collect_changes",
  `if [ -d "$7" ] && ! is_running "\${2%%:*}"; then with_union "\${2%%:*}" "$7" "$3" collect "$@"; else collect "$@"; fi`,
  [isRunning, withUnion, collect],
);

/** What was collected, when it is complete. */
export const readChanges = (work: string): Command =>
  look(["read_changes", work], { shellFunction: readChangesFunction });

const readChangesFunction = shellFunction(
  "read_changes",
  `[ -f "$1/entries" ] || return 0; cat "$1/entries" && echo "/" && cat "$1/gone"`,
);

export interface Collected {
  readonly files: readonly PackagedFile[];
  readonly deletions: readonly string[];
}

export function parseChanges(result: CommandResult): Collected | undefined {
  const lines = linesOf("mtree", result);
  const at = lines.indexOf("/");
  if (at < 0) return undefined;
  return { files: lines.slice(0, at).map(parseEntry), deletions: lines.slice(at + 1) };
}

function parseEntry(line: string): PackagedFile {
  const [path = "", ...words] = line.split(" ");
  const values = new Map(
    words.map((word) => [word.replace(/=.*$/, ""), word.replace(/^.*?=/, "")]),
  );
  const type = values.get("type");
  const mode = /^0*([0-7]{3,4})$/.exec(values.get("mode") ?? "")?.[1];
  const [uid, gid] = [Number(values.get("uid")), Number(values.get("gid"))];
  if (type !== "file" && type !== "dir" && type !== "link") throw misread("mtree", line);
  if (mode === undefined || Number.isNaN(uid + gid)) throw misread("mtree", line);
  const [size, sha256, link] = ["size", "sha256digest", "link"].map((key) => values.get(key));
  return {
    ...{ path, type, mode: mode.padStart(4, "0"), uid, gid },
    ...(type === "file" && size !== undefined ? { size: Number(size) } : {}),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(link === undefined ? {} : { link }),
  };
}

/**
 * Packs what was collected, the manifest first, in the order of the list; the digest is written beside. The manifest has
 * always the same time, so that the same files make the same package. Only one that is published may be read by all.
 */
export const packChanges = (work: string, file: string, published: boolean): Command =>
  act(["pack_changes", work, file, published ? "022" : "077"], {
    shellFunction: packChangesFunction,
    deadline: 3600,
    title: `pack ${file}`,
  });

// Nothing is written through a link that somebody put into a published directory.
const packChangesFunction = shellFunction(
  "pack_changes",
  `set -o pipefail
  umask "$3"
  cd "$1" && rm -f "$2.new" "$2.sha256.new" && set -C && touch -t 200001010000 stage/+MANIFEST.json && { echo +MANIFEST.json; cut -d " " -f 1 entries | unvis; } | tr "\\n" "\\000" | tar -cJf - --numeric-owner -n --null -C stage -T - >"$2.new" &&
    d=$(sha256 -q "$2.new") && echo "SHA256 (\${2##*/}) = $d" >"$2.sha256.new" &&
    mv -fh "$2.sha256.new" "$2.sha256" && mv -fh "$2.new" "$2"`,
);
