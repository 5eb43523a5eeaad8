/** Files that hold a file system, made larger: truncate(1), growfs(8). */
import { act, type Command, shellFunction } from "./command.js";
import { preen } from "./device.js";
import { attachImage, type FileDisk } from "./memory-disk.js";

/**
 * Makes a file that nothing shows as large as `bytes`, unless it is larger, and its UFS as large as the file; the disk
 * stays attached. growfs does nothing where it is as large already, so that all of this can be done again.
 */
export function growImage(image: FileDisk, bytes: string): Command[] {
  const device = `/dev/${image.disk}`;
  return [
    act(["raise_size", image.file, bytes], { shellFunction: raiseFunction }),
    attachImage(image),
    act(preen(device), { deadline: 600 }),
    act(["growfs", "-y", device], {
      deadline: 600,
      title: `grow the file system in ${image.file}`,
    }),
  ];
}

const raiseFunction = shellFunction(
  "raise_size",
  `n=$(stat -f %z "$1") || return
  if [ "$n" -lt "$2" ]; then truncate -s "$2" "$1"; fi`,
);
