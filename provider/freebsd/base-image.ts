/**
 * The image of a template: its tree as a file system in a sparse file, made once, of which image jails are copies. It
 * lies beside the template in a directory or dataset of its own, with the empty directory that it is mounted on.
 */
import { act, type Command, type ShellFunction, shellFunction } from "./command.js";
import { makeFileSystem, mountDevice, unmountDevice, unmountDeviceFunction } from "./device.js";
import { copyTree, removeTreeFunction, rename } from "./files.js";
import { type Place, place, type Storage } from "./layout.js";
import {
  attachImage,
  detachImage,
  detachImageFunction,
  type FileDisk,
  memoryDisk,
} from "./memory-disk.js";
import { createDataset, destroyRetry, renameDataset, snapshot } from "./zfs.js";

/** A template's image is known by its path, which it gets when it is whole. */
export const baseImagePlace = (storage: Storage, template: string): Place =>
  place(storage, "templates", `${template}.img`);

/** The image in a directory, also in that of a jail whose dataset is a clone. */
export const imageIn = (directory: string): string => `${directory}/image`;

/** What clones of its dataset are made from. */
export const imageSnapshot = (dataset: string): string => `${dataset}@base`;

const diskOf = (template: string): string => memoryDisk(`template.${template}`);
const unitOf = (template: string): string => diskOf(template).slice("md".length);

/** Makes the image of a template; to be done under the template's lock. What a run that died left goes first. */
export function makeBaseImage(storage: Storage, template: string, tree: string): Command[] {
  const { path, partial, dataset, partialDataset } = baseImagePlace(storage, template);
  const image: FileDisk = { file: imageIn(partial), disk: diskOf(template) };
  const device = `/dev/${image.disk}`;
  const directory = `${partial}/root`;
  return [
    dropUnfinished(storage, template),
    partialDataset === undefined ? act(["mkdir", partial]) : createDataset(partialDataset),
    act(["mkdir", directory]),
    act(["size_image", tree, image.file], { shellFunction: sizeImage, deadline: 1800 }),
    attachImage(image),
    makeFileSystem(device),
    ...mountDevice(device, directory),
    copyTree(tree, directory),
    unmountDevice(device, directory),
    detachImage(image),
    ...(dataset === undefined || partialDataset === undefined
      ? [rename(partial, path)]
      : [snapshot(imageSnapshot(partialDataset)), renameDataset(partialDataset, dataset)]),
  ];
}

/**
 * As large as half more than the tree's files: a UFS has inodes and the ends of its fragments, too. It is sparse, and
 * copies can be grown; the apparent sizes count, as ZFS may have compressed the tree.
 */
const sizeImage = shellFunction(
  "size_image",
  `n=$(du -skxA "$1") || return
  n=\${n%%[!0-9]*}
  truncate -s "$((n * 3 / 2 / 1024 + 32))m" "$2"`,
);

/** Removes what making the image of a template left when it ended half-way. Under the template's lock. */
export function dropUnfinished(storage: Storage, template: string): Command {
  const { partial, partialDataset } = baseImagePlace(storage, template);
  const words = [partial, unitOf(template), partialDataset ?? ""];
  return act(["drop_image", ...words], { shellFunction: dropImage, deadline: 600 });
}

/** Removes the image of a template, and what making it left. Under the template's lock. */
export function dropBaseImage(storage: Storage, template: string): Command {
  const words = dropBaseImageWords(storage, template);
  return act(["drop_base_image", ...words], {
    shellFunction: dropBaseImageFunction,
    deadline: 600,
    title: `remove the image of the template ${template}`,
  });
}

/** The words of `dropBaseImageFunction`: where it is, the unit of the disk that may show it, its dataset or nothing. */
export function dropBaseImageWords(storage: Storage, template: string): [string, string, string] {
  const { path, dataset } = baseImagePlace(storage, template);
  return [path, unitOf(template), dataset ?? ""];
}

// Snapshots that somebody's backups made of all datasets would keep it.
const dropImage: ShellFunction = shellFunction(
  "drop_image",
  `[ -e "$1" ] || [ -n "$3" ] || return 0
  unmount_device "/dev/md$2" "$1/root" 30 && detach_image "$1/image" "$2" || return
  if [ -n "$3" ]; then
    zfs list -H -t snapshot -o name -d 1 "$3" 2>/dev/null | while read -r s; do destroy_retry "$s" || exit; done || return
    destroy_retry "$3" || return
  fi
  remove_tree "$1"`,
  [unmountDeviceFunction, detachImageFunction, removeTreeFunction, destroyRetry],
);

/** Fails when it has clones: a jail that no link speaks of. What is half-removed has the name of what is half-made. */
export const dropBaseImageFunction: ShellFunction = shellFunction(
  "drop_base_image",
  `drop_image "$1.partial" "$2" "\${3:+$3.partial}" || return
  if [ -n "$3" ] && zfs list -H -o name "$3" >/dev/null 2>&1; then
    c=$(zfs list -H -t snapshot -o clones -d 1 "$3" 2>/dev/null)
    case $c in */*) echo "$3 has clones: $c" >&2; return 1;; esac
    zfs rename "$3" "$3.partial"
  elif [ -e "$1" ]; then mv "$1" "$1.partial"
  else return 0
  fi && drop_image "$1.partial" "$2" "\${3:+$3.partial}"`,
  [dropImage],
);

/** Refuses a size that the image of the base does not fit in: a UFS cannot shrink. */
export const mustFit = (image: string, bytes: string): Command =>
  act(["must_fit", image, bytes], { shellFunction: mustFitFunction });

const mustFitFunction = shellFunction(
  "must_fit",
  `n=$(stat -f %z "$1") || return
  [ "$n" -le "$2" ] || { echo "the base needs an image of $((n / 1048576))m: make image.size at least that" >&2; return 1; }`,
);
