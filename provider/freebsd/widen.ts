/**
 * A thin jail's tree becomes a whole one. What it writes has other names in its read-write part, and is compared and
 * copied there: so the places that it writes are first taken out of a copy of the whole base, and put back at the end.
 * Nobody runs in that tree meanwhile.
 */
import { act, type Command, shellFunction } from "./command.js";
import { copyTreeFunction, removeTreeFunction } from "./files.js";
import { enter } from "./inside.js";
import { fullNames } from "./package-changes.js";
import { inheritLayersFunction } from "./package-layer.js";
import { names } from "./tree-lists.js";

/** Where, in a tree that is split, the places lie that the jail writes, and what they are in the base. */
export const splitPlaces = { own: "/s", base: "/.base" } as const;

const places = "etc home root tmp var usr/local";

/** Where a place lies in the read-write part. */
const placeName = shellFunction(
  "place_name",
  `case $1 in usr/local) echo usr-local;; *) echo "$1";; esac`,
);

/** Takes the places out of a copy of a base: into `.base` as they are there, and into `s` once more. */
export const splitPlacesOf = (tree: string): Command =>
  act(["split_places", tree], {
    shellFunction: splitPlacesFunction,
    deadline: 1800,
    title: `split ${tree} for what a thin jail writes`,
  });

const splitPlacesFunction = shellFunction(
  "split_places",
  `cd -P -- "$1" && mkdir s .base || return
  for d in usr ${places}; do
    if [ -L "$d" ]; then echo "/$d is a symbolic link in the base: what the jail has there could not be put back" >&2; return 1; fi
  done
  for d in ${places}; do
    n=$(place_name "$d")
    if [ -d "$d" ]; then mv "$d" ".base/$n"; else mkdir ".base/$n"; fi || return
  done
  copy_tree .base s`,
  [placeName, copyTreeFunction],
);

/**
 * Puts the places back. In /s links stay that lead to them: what the jail noted as /s/usr-local/... is found. The
 * links of the list `wanted` in the directory $2 that go by the old places are made to go by the new ones.
 */
export const joinPlaces = (tree: string, work: string): Command =>
  act(["join_places", tree, work], {
    shellFunction: joinPlacesFunction,
    deadline: 1800,
    title: `put what the jail writes back into ${tree}`,
  });

/**
 * Where the link $1 of the read-write part, which leads to $2, is to lead. A relative one is meant that goes up to that
 * part itself: /usr/local is one level deeper, and none of the other places is /usr-local's neighbour any more.
 */
export const mapTarget = shellFunction(
  "map_target",
  `r=$2 u= w=\${1%/*}
  case $2 in
  /s/usr-local|/s/usr-local/*) r=/usr/local\${2#/s/usr-local};;
  /s/etc|/s/etc/*|/s/home|/s/home/*|/s/root|/s/root/*|/s/tmp|/s/tmp/*|/s/var|/s/var/*|/s/usr|/s/usr/*) r=\${2#/s};;
  ../*) while [ -n "$w" ]; do
      case $r in ../*) r=\${r#../} w=\${w%/*} u=../$u;; *) break;; esac
    done
    case $1 in /usr-local/*) u=../$u;; esac
    case $w$r in
    usr-local|usr-local/*) r=\${u}usr/local\${r#usr-local};;
    etc|etc/*|home|home/*|root|root/*|tmp|tmp/*|var|var/*|usr|usr/*) r=$u$r;;
    *) r=$2;;
    esac;;
  esac
  printf '%s\\n' "$r"`,
);

const mapLinks = shellFunction(
  "map_links",
  `sed -E -n "/ link=(\\.\\.|\\/s)\\//p" "$2/wanted" | names | unvis | while IFS= read -r n; do
    n=\${n#.}
    (enter "$1" "\${n%/*}" keep && f=./\${n##*/} && t=$(readlink "$f") && m=$(map_target "$n" "$t") || exit
      [ "$m" != "$t" ] || exit 0
      o=$(stat -f %u:%g "$f") && ln -sfh "$m" "$f" && chown -h "$o" "$f") || return
  done`,
  [names, enter, mapTarget],
);

const joinPlacesFunction = shellFunction(
  "join_places",
  `cd -P -- "$1" && map_links "$1/s" "$2" || return
  for d in ${places}; do
    n=$(place_name "$d")
    if [ -e "s/$n" ] || [ -L "s/$n" ]; then mv "s/$n" "$d"; else mkdir "$d"; fi && ln -s "../$d" "s/$n" || return
  done
  [ -e s/usr ] || [ -L s/usr ] || ln -s ../usr s/usr || return
  remove_tree "$1/.base"`,
  [mapLinks, placeName, removeTreeFunction],
);

/** What is known of a thin jail's layers, by the names that the whole tree has for what they brought. */
export const widenLayers = (from: string, to: string): Command =>
  act(["widen_layers", from, to], { shellFunction: widenLayersFunction });

const widenLayersFunction = shellFunction(
  "widen_layers",
  `inherit_layers "$1" "$2" && { [ -d "$2" ] || return 0; } && cd "$2" || return
  for f in *.put *.list *.gone *.dirs *.lower kept; do
    [ ! -f "$f" ] || { full_names "$f" widened && mv -f widened "$f"; } || return
  done
  for d in *.over *.new; do
    [ ! -d "$d/usr-local" ] || { mkdir "$d/usr" && mv "$d/usr-local" "$d/usr/local"; } || return
  done`,
  [inheritLayersFunction, fullNames],
);
