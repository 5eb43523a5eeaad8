/** Images that others made: unpacked by xz(1), converted by qemu-img(1), their file system found by gpart(8) and copied out. */
import { act, type Command, look, shellFunction } from "./command.js";
import type { ImageFormat } from "./mkimg.js";

/** Whether qemu-img is on the host: it comes with a port. */
export const findConverter = (): Command =>
  look(["find_converter"], { shellFunction: findConverterFunction, unguarded: true });

const findConverterFunction = shellFunction("find_converter", "command -v qemu-img >/dev/null");

/** What qemu-img calls the formats. */
const converterNames: Readonly<Record<ImageFormat, string>> = {
  raw: "raw",
  qcow2: "qcow2",
  vmdk: "vmdk",
  vhd: "vpc",
};

export const unpackImage = (from: string, to: string): Command =>
  act(["unpack_image", from, to], {
    shellFunction: unpackImageFunction,
    deadline: 2 * 3600,
    title: `unpack ${from}`,
  });

const unpackImageFunction = shellFunction("unpack_image", `xz -dc "$1" >"$2"`);

/** Makes the sectors of a disk of an image in another format. */
export const convertImage = (format: ImageFormat, from: string, to: string): Command =>
  act(["qemu-img", "convert", "-f", converterNames[format], "-O", "raw", from, to], {
    deadline: 2 * 3600,
    title: `convert ${from}`,
  });

/**
 * Copies the UFS of a disk to a file of its own, without what is empty: the partition that is named, else the only one
 * that the disk's tables call freebsd-ufs; without a table, the whole disk.
 * @param disk "md7"
 * @param partition what its name adds to the disk's: "p4", "s1a"; "" for none
 */
export const copyFileSystem = (disk: string, partition: string, to: string): Command =>
  act(["copy_file_system", disk, partition, to], {
    shellFunction: copyFileSystemFunction,
    deadline: 2 * 3600,
    title: "copy the file system out of the image",
  });

// gpart(8) also waits until the kernel has looked at a disk that was just attached.
const findPartitions = shellFunction(
  "find_partitions",
  `gpart list | sed -En 's/^[0-9]+\\. Name: +(.*)$/name \\1/p; s/^ +type: (.*)$/type \\1/p' | {
    n=
    while read -r k v; do
      case $k in name) n=$v; continue;; esac
      case $n in "$1"[ps]*) echo "$n $v";; esac
    done
  }`,
);

// With bs= older versions of dd(1) write what is empty, too.
const copyFileSystemFunction = shellFunction(
  "copy_file_system",
  `l=$(find_partitions "$1") || return
  a=$(printf '%s\\n' "$l" | tr '\\n' ';')
  if [ -n "$2" ]; then
    p=$1$2
    [ -c "/dev/$p" ] || { echo "the image has no partition $2: $a" >&2; return 1; }
  else
    p=$(printf '%s\\n' "$l" | sed -n 's/ freebsd-ufs$//p')
    case $p in
    "") [ -z "$l" ] || { echo "the image has no partition of type freebsd-ufs: $a" >&2; return 1; }; p=$1;;
    *[!a-z0-9]*) echo "the image has several partitions of type freebsd-ufs: $a Choose one by import.partition" >&2; return 1;;
    esac
  fi
  t=$(fstyp -u "/dev/$p" 2>&1)
  [ "$t" = ufs ] || { echo "what is in the image is no UFS: $t" >&2; return 1; }
  dd if="/dev/$p" of="$3" ibs=1m obs=1m conv=sparse`,
  [findPartitions],
);

/** Removes what was fetched when no image of the host is left that may need it again. */
export const dropFetchedImages = (marks: string, media: string): Command =>
  act(["drop_fetched_images", marks, media], { shellFunction: dropFetchedImagesFunction });

const dropFetchedImagesFunction = shellFunction(
  "drop_fetched_images",
  `for l in "$1"/image.*; do [ ! -L "$l" ] || return 0; done
  rm -f "$2"/image-*`,
);

/** Fails when a jail runs: its tree was not at rest while it was copied. */
export const mustHaveRested = (jail: string): Command =>
  act(["must_have_rested", jail], { shellFunction: mustHaveRestedFunction });

const mustHaveRestedFunction = shellFunction(
  "must_have_rested",
  `jls -j "$1" jid >/dev/null 2>&1 || return 0
  echo "jail $1 was started while it was copied. Stop it, and run again" >&2; return 1`,
);

/** Copies a tree and nothing that is mounted in it. */
export const copyOwnTree = (from: string, to: string): Command =>
  act(["copy_own_tree", from, to], {
    shellFunction: copyOwnTreeFunction,
    deadline: 3600,
    title: `copy ${from}`,
  });

const copyOwnTreeFunction = shellFunction(
  "copy_own_tree",
  `(set -o pipefail; tar --one-file-system -cf - -C "$1" . | tar -xpf - -C "$2")`,
);
