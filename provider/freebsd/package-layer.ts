/**
 * Layers: packages whose files are put into a jail's tree, and taken out of it again. A package is unpacked beside, where
 * no jail sees it, and only then copied into the tree, which is at rest: no process of the jail runs that could put a
 * link where a directory was, and bsdtar follows none that is there already.
 *
 * For each layer of a tree, its directory on the host has, by the beginning of the package's digest: `.head` (the manifest without its
 * files), `.gone` (names that it takes away), `.dirs` (directories that it has for themselves), `.put` (lines of mtree(8) of what it brings; `.list` until it is put), `.over` (what it replaced of
 * layers below it) and `.lower` (its names). Names are encoded by vis(3), so that none can pretend to be a line. `kept` are files that the jail's
 * owner changed after a layer had put them: they are the owner's from then on.
 */
import { act, type Command, shellFunction } from "./command.js";
import { removeTreeFunction } from "./files.js";
import { enter } from "./inside.js";
import { listTree, names } from "./tree-lists.js";

/** The trees that a layer is put into or taken out of. */
export interface LayeredTree {
  /** The jail's own tree, or the part of it that it can write. */
  readonly tree: string;
  /** The same part of its base. */
  readonly base: string;
  /** What is known of its layers. */
  readonly directory: string;
  /** Whether the six places that a thin jail can write have their names in `tree`. */
  readonly thin: boolean;
}

/** Copies what the list $1 names from one tree to another: neither through a link nor outside; owners are numbers. */
const putNames = shellFunction(
  "put_names",
  `(set -o pipefail; [ -s "$1" ] || return 0
  unvis "$1" | tr "\\n" "\\000" | tar -cf - -n --null -C "$2" -T - | tar -xpf - --numeric-owner -C "$3")`,
);

/** Removes from the tree $2 what the list $1 names and is there; directories that are empty then, what is deeper first. */
const dropNames = shellFunction(
  "drop_names",
  `sort -r "$1" | unvis | while IFS= read -r n; do
    n=\${n#.}
    (enter "$2" "\${n%/*}" keep 2>/dev/null || exit 0
    n=./\${n##*/}
    if [ -d "$n" ] && [ ! -L "$n" ]; then rmdir "$n" 2>/dev/null; exit 0; fi
    [ -e "$n" ] || [ -L "$n" ] || exit 0
    chflags -h 0 "$n" && rm -f "$n") || return
  done`,
  [enter],
);

/** Names that the layers of the directory bring, but for the layer $1. */
const otherNames = shellFunction(
  "other_names",
  `for f in *.put; do [ "$f" = "$1.put" ] || [ ! -f "$f" ] || names <"$f" || return; done | sort -u`,
  [names],
);

/** Copies an unpacked layer into the tree, which is at rest. */
export const putLayer = (
  { directory, tree, base }: LayeredTree,
  key: string,
  title: string,
): Command =>
  act(["put_layer", directory, key, tree, base], {
    shellFunction: putLayerFunction,
    deadline: 3600,
    title,
  });

/** Notes as the owner's what other layers than $1 brought, and is not as they or the base $2 have it. */
const keepEdited = shellFunction(
  "keep_edited",
  `other_names "$1" >others && : >base || return
  [ -s others ] || return 0
  [ ! -d "$2" ] || list_tree "$2" base false || return
  cat base ./*.put | sort -u | comm -23 now - | names | comm -12 - others | sort -u - kept >keep && mv -f keep kept`,
  [listTree, names, otherNames],
);

/** Directories of the tree that the layer $1 has only for what is in them: they stay as they are. */
const impliedThere = shellFunction(
  "implied_there",
  `sed -n "/ type=dir /p" "$1.list" | names | comm -23 - "$1.dirs" >implied && sed -n "/ type=dir /p" now | names | comm -12 - implied`,
  [names],
);

const putLayerFunction = shellFunction(
  "put_layer",
  `cd "$1" || return
  [ -f kept ] || : >kept
  list_tree "$3" now false && keep_edited "$2" "$4" && names <now >there && comm -12 kept there >owned &&
    implied_there "$2" | sort -u - owned >stay && names <"$2.list" | comm -23 - stay >in &&
    sed "/ type=dir /d" "$2.list" | names >leaves && other_names "$2" | comm -12 - in | comm -12 - there >"$2.lower" &&
    remove_tree "$1/$2.over" && mkdir -m 0700 "$2.over" && put_names "$2.lower" "$3" "$1/$2.over" &&
    mv -f "$2.list" "$2.put" &&
    comm -23 "$2.gone" owned >out && drop_names out "$3" &&
    comm -12 in leaves | comm -12 - there >replaced && drop_names replaced "$3" && put_names in "$1/$2.new" "$3" &&
    remove_tree "$1/$2.new" && rm -f now base others there owned implied stay in leaves out replaced`,
  [listTree, names, otherNames, keepEdited, impliedThere, removeTreeFunction, putNames, dropNames],
);

/**
 * Takes a layer out of the tree, which is at rest. What the owner changed since stays; what the layer had replaced or
 * taken away comes from the layers below it, or from the base. `whole`: whether it was put to the end; if not, what is
 * there of it is nobody's.
 */
export const takeLayer = (
  { directory, tree, base }: LayeredTree,
  key: string,
  whole: boolean,
  title: string,
): Command =>
  act(["take_layer", directory, key, tree, base, whole ? "whole" : ""], {
    shellFunction: takeLayerFunction,
    deadline: 3600,
    title,
  });

/** What is to go and what is to come back; what is removed and put back half-way must not look like the owner's. */
const decideTaking = shellFunction(
  "decide_taking",
  `[ -f kept ] || : >kept
  [ -d "$3" ] || { echo "the base $3 is not there: what the layer replaced could not come back" >&2; return 1; }
  list_tree "$2" now false && list_tree "$3" base false &&
    names <"$1.put" >brought && names <now >there && names <base >based && other_names "$1" >others || return
  : >edited
  if [ -n "$4" ]; then
    cat base ./*.put | sort -u | comm -23 now - | names | comm -12 - brought >edited || return
  fi
  sort -u edited kept >keep && mv -f keep kept && comm -23 brought kept >drop && comm -12 "$1.gone" there | sort -u - kept >stay &&
    sort -u drop "$1.gone" | comm -23 - stay >back && comm -12 back based | comm -23 - others >frombase || return
  if [ -f "$1.lower" ]; then comm -12 back "$1.lower" >fromlower; else : >fromlower; fi
  rm -f now base brought there based others edited stay back; : >"$1.decided"`,
  [listTree, names, otherNames],
);

/**
 * Removes what is known of a layer, which is not in the tree. First goes `.put`: while it is there, what the layer
 * replaced is looked for.
 */
const cleanLayer = shellFunction(
  "clean_layer",
  `rm -f "$1.put" && remove_tree "$1.over" && remove_tree "$1.new" &&
    rm -f "$1.gone.new" "$1.dirs.new" "$1.head.new" "$1.new.list" "$1.all" "$1.list" "$1.lower" "$1.gone" "$1.dirs" "$1.head" "$1.decided"`,
  [removeTreeFunction],
);

// A layer without `.put` was not begun to be put.
const takeLayerFunction = shellFunction(
  "take_layer",
  `if [ -f "$1/$2.put" ]; then
    cd "$1" && { [ -f "$2.decided" ] || decide_taking "$2" "$3" "$4" "$5"; } &&
      drop_names drop "$3" && put_names frombase "$4" "$3" && put_names fromlower "$1/$2.over" "$3" || return
  fi
  clean_layer "$1/$2" && rm -f "$1/drop" "$1/frombase" "$1/fromlower"`,
  [decideTaking, dropNames, putNames, cleanLayer],
);

/** Removes an unpacked layer that was never put. */
export const dropUnpacked = ({ directory }: LayeredTree, key: string): Command =>
  act(["clean_layer", `${directory}/${key}`], { shellFunction: cleanLayer });

/** What is known of a tree's layers goes with a copy of the tree: to the one that is made of it in an upgrade. */
export const inheritLayers = (from: string, to: string): Command =>
  act(["inherit_layers", from, to], { shellFunction: inheritLayersFunction });

export const inheritLayersFunction = shellFunction(
  "inherit_layers",
  `remove_tree "$2" && { [ ! -d "$1" ] || { mkdir -p -m 0700 "\${2%/*}" && cp -R "$1" "$2"; }; }`,
  [removeTreeFunction],
);

/** Removes what is known of a tree's layers, and the directory of the jail when that is empty then. */
export const forgetLayers = (directory: string): Command =>
  act(["forget_layers", directory], { shellFunction: forgetLayersFunction });

const forgetLayersFunction = shellFunction(
  "forget_layers",
  `remove_tree "$1" && { rmdir "\${1%/*}" 2>/dev/null || :; }`,
  [removeTreeFunction],
);
