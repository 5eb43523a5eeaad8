/**
 * Leases: an address is taken by making a symbolic link whose name is the address and whose target is the mark
 * of the taker (`ln -sh` fails when the name is taken: atomic on UFS, ZFS and NFS). Which address is won is only
 * known on the host, so a shell loop walks the candidates, in the very batch that observes.
 */
import { createHash } from "node:crypto";
import { formatAddress, parseAddress, type Span, spanSize } from "./address.js";
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { listLinks } from "./files.js";

/** Candidates of a range that is too large to walk: as many tries, picked by the taker's mark. */
const largeTries = 64;
const walkable = 65_536n;
const walkableInet6 = 1024n;

/**
 * Takes an address for `mark`, or finds the one taken before. Prints it. Status 3: all are taken (stderr lists
 * the holders).
 */
export function takeLease(directory: string, mark: string, spans: readonly Span[]): Command {
  return act(["take_lease", directory, mark, ...candidates(spans, mark)], {
    shellFunction: takeLeaseFunction,
    unguarded: true,
    title: "take an address",
  });
}

/**
 * As `takeLease` for one address that is given; status 4: the host has it on an interface and nobody leased it.
 * `present` takes it all the same: it is the address of a running jail that is taken over.
 */
export function takeAddress(
  directory: string,
  mark: string,
  address: string,
  options: { present?: boolean } = {},
): Command {
  return act(["take_lease", directory, mark, options.present === true ? "p" : "a", address], {
    shellFunction: takeLeaseFunction,
    unguarded: true,
    title: `take ${address}`,
  });
}

/** Links whose mark says this id: leases and users of one resource. Wide: all links of the directory. */
export function linksOf(directory: string, id: string): Command {
  const wanted = ` owner:${id}:`;
  const pick = (result: CommandResult): CommandResult => {
    const lines = result.stdout.split("\n").filter((line) => line.includes(wanted));
    return { status: 0, stdout: lines.map((line) => `${line}\n`).join(""), stderr: "" };
  };
  return look(["links_of", directory, wanted], {
    shellFunction: linksOfFunction,
    wide: { command: listLinks(directory), pick },
  });
}

const linksOfFunction = shellFunction(
  "links_of",
  `find "$1" -maxdepth 1 -type l -exec stat -f '%N %Y' {} + 2>/dev/null | grep -F -e "$2"; return 0`,
);

/** Gives a lease back when it is still `mark`'s. */
export const dropLease = (directory: string, mark: string, address: string): Command =>
  act(["drop_lease", `${directory}/${address}`, mark], { shellFunction: dropLeaseFunction });

/** Gives leases of a mark to another one: the owner was renamed, its addresses stay. */
export const remarkLeases = (directory: string, from: string, to: string): Command =>
  act(["remark_leases", directory, from, to], {
    shellFunction: remarkLeasesFunction,
    unguarded: true,
  });

export interface LeaseAnswer {
  readonly address?: string;
  readonly fault?: "exhausted" | "in use" | "failed";
  /** Address to mark of the holders, when exhausted. */
  readonly holders: ReadonlyMap<string, string>;
  readonly message: string;
}

export function parseLease(result: CommandResult): LeaseAnswer {
  const holders = new Map<string, string>();
  for (const line of result.stderr.split("\n")) {
    const match = /^\S*\/([0-9a-fA-F.:]+) (owner:\S+)$/.exec(line);
    if (match !== null) holders.set(match[1]!, match[2]!);
  }
  const message = result.stderr.trim();
  const taken = result.status === 0 ? parseAddress(result.stdout.replace(/\n$/, "")) : undefined;
  if (taken !== undefined) return { address: formatAddress(taken), holders, message };
  const fault = result.status === 3 ? "exhausted" : result.status === 4 ? "in use" : "failed";
  return { fault, holders, message };
}

/**
 * "w STEM FIRST LAST" walks STEM followed by each number, "a ADDRESS" is one candidate. IPv4 is walked, lowest
 * first; large ranges and IPv6 get addresses picked by the mark, so that a /64 is never enumerated.
 */
function candidates(spans: readonly Span[], mark: string): string[] {
  const size = spans.reduce((sum, span) => sum + spanSize(span), 0n);
  const inet6 = spans[0]?.family === "inet6";
  if (size > (inet6 ? walkableInet6 : walkable)) return picked(spans, size, mark);
  return spans.flatMap((span) => (inet6 ? listed(span) : walked(span)));
}

function walked({ family, first, last }: Span): string[] {
  const words: string[] = [];
  for (let at = first; at <= last; at = (at | 255n) + 1n) {
    const end = (at | 255n) < last ? at | 255n : last;
    const text = formatAddress({ family, value: at });
    words.push("w", text.slice(0, text.lastIndexOf(".") + 1), `${at & 255n}`, `${end & 255n}`);
  }
  return words;
}

function listed({ family, first, last }: Span): string[] {
  const words: string[] = [];
  for (let value = first; value <= last; value++) words.push("a", formatAddress({ family, value }));
  return words;
}

function picked(spans: readonly Span[], size: bigint, mark: string): string[] {
  const words: string[] = [];
  for (let i = 0; i < largeTries; i++) {
    const digest = createHash("sha256").update(`${mark} ${i}`).digest("hex");
    words.push("a", nth(spans, BigInt(`0x${digest}`) % size));
  }
  return words;
}

function nth(spans: readonly Span[], index: bigint): string {
  let rest = index;
  for (const span of spans) {
    if (rest < spanSize(span))
      return formatAddress({ family: span.family, value: span.first + rest });
    rest -= spanSize(span);
  }
  throw new RangeError("index beyond the spans");
}

const leaseLinks = `find "$d" -maxdepth 1 -type l -exec stat -f '%N %Y' {} +`;

// The directory comes and goes with the leases: others may make it, or remove it empty, at any moment.
const takeLeaseFunction = shellFunction(
  "take_lease",
  `d=$1 m=$2 u= k=; shift 2
  [ -d "$d" ] || mkdir "$d" || [ -d "$d" ] || return 1
  h=$(${leaseLinks} | while read -r p t; do [ "$t" = "$m" ] && { printf '%s\\n' "\${p##*/}"; break; }; done)
  [ -z "$h" ] || { printf '%s\\n' "$h"; return 0; }
  n=$(ifconfig -f inet:cidr,inet6:cidr -a) || return 1
  while [ $# -gt 0 ]; do
    if [ "$1" = w ]; then i=$3 l=$4; else i=0 l=0; fi
    while [ "$i" -le "$l" ]; do
      if [ "$1" = w ]; then a=$2$i; else a=$2; fi
      i=$((i + 1))
      [ -L "$d/$a" ] && { k=1; continue; }
      [ "$1" = p ] || case $n in *" $a/"*|*" $a --> "*) u=$a; continue;; esac
      ln -sh "$m" "$d/$a" 2>/dev/null && { printf '%s\\n' "$a"; return 0; }
      k=1; [ -L "$d/$a" ] && continue
      [ -d "$d" ] || mkdir "$d" || [ -d "$d" ] || return 1
      ln -sh "$m" "$d/$a" && { printf '%s\\n' "$a"; return 0; }
      [ -L "$d/$a" ] || return 1
    done
    if [ "$1" = w ]; then shift 4; else shift 2; fi
  done
  ${leaseLinks} >&2
  [ -n "$k" ] || [ -z "$u" ] || { echo "$u is on an interface of the host" >&2; return 4; }
  return 3`,
);

const remarkLeasesFunction = shellFunction(
  "remark_leases",
  `d=$1; ${leaseLinks} 2>/dev/null | while read -r p t; do
    case $t in "$2#"*) ln -sfh "$3#\${t##*#}" "$p";; esac
  done`,
);

const dropLeaseFunction = shellFunction(
  "drop_lease",
  `[ "$(readlink "$1")" != "$2" ] || rm -f "$1"`,
);
