/** Unpacking a package where no jail sees it, before its files are put into a tree as a layer. */
import { act, type Command, shellFunction } from "./command.js";
import { makePrivateDirectory, putFile, removeTreeFunction } from "./files.js";
import type { LayeredTree } from "./package-layer.js";
import { formatManifest, type Manifest, manifestName } from "./package-manifest.js";
import { listTree, names } from "./tree-lists.js";

/** A package that was looked into. */
export interface UnpackedPackage {
  readonly file: string;
  readonly sha256: string;
  /** What its files are named by. */
  readonly key: string;
  readonly manifest: Manifest;
}

/** Unpacks a package beside, and writes down what it will bring. The jail may run meanwhile. */
export function unpackLayer(
  { directory, thin }: LayeredTree,
  { file, sha256, key, manifest }: UnpackedPackage,
): Command[] {
  const own = `${directory}/${key}`;
  const head = `${formatManifest({ ...manifest, files: [], deletions: [] })}\n`;
  const directories = manifest.files.flatMap(({ path, type }) => (type === "dir" ? [path] : []));
  return [
    makePrivateDirectory(directory),
    putFile(`${own}.gone`, namesOf(manifest.deletions, thin), "0600"),
    putFile(`${own}.dirs`, namesOf(directories, thin), "0600"),
    act(["unpack_layer", file, sha256, own, thin ? "thin" : ""], {
      shellFunction: unpackLayerFunction,
      deadline: 3600,
      title: `unpack ${manifest.name}-${manifest.version}`,
    }),
    putFile(`${own}.head`, head, "0600"),
  ];
}

/** A sorted list of names, as they are in the tree. */
const namesOf = (paths: readonly string[], thin: boolean): string =>
  paths
    .map((path) => (thin ? path.replace(/^\.\/usr\/local(?=\/|$)/, "./usr-local") : path))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((path) => `${path}\n`)
    .join("");

// Where a thin jail has /usr/local under another name, that is what the copy has, too. Names travel to tar(1) a line each:
// one with a line break would name a file of the host.
const unpackLayerFunction = shellFunction(
  "unpack_layer",
  `s=$3.new
  remove_tree "$s" && mkdir -m 0700 "$s" && sha256 -c "$2" "$1" >&2 && tar -xpf "$1" --numeric-owner -C "$s" && rm -f "$s/${manifestName}" || return
  if [ -n "$4" ] && [ -d "$s/usr/local" ]; then mv "$s/usr/local" "$s/usr-local" && rmdir "$s/usr" || return; fi
  list_tree "$s" "$3.all" false && sed "/^\\. /d" "$3.all" >"$3.new.list" && names <"$3.new.list" >"$3.all" || return
  [ "$(unvis "$3.all" | wc -l)" -eq "$(wc -l <"$3.all")" ] || { echo "it has a name with a line break" >&2; return 1; }
  mv -f "$3.new.list" "$3.list" && rm -f "$3.all"`,
  [removeTreeFunction, listTree, names],
);
