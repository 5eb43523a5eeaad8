/** Image files that are shown read-only, at a path of the host or to be read: mdconfig(8), mount(8). */
import { act, type Command, look, shellFunction } from "./command.js";
import type { FileDisk } from "./memory-disk.js";

const unitOf = ({ disk }: FileDisk): string => disk.replace(/^md/, "");

/** All memory disks of the host. Others come and go all the time. */
export const listAllDisks = (): Command => look(["mdconfig", "-l"], { unguarded: true });

/** Shows a file that must not be written to. Done when the disk is there. */
export const attachReadOnly = (image: FileDisk): Command =>
  act(["attach_read_only", image.file, unitOf(image)], {
    shellFunction: attachReadOnlyFunction,
    title: `attach ${image.file}`,
  });

const attachReadOnlyFunction = shellFunction(
  "attach_read_only",
  `case " $(mdconfig -l) " in *" md$2 "*) return 0;; esac
  mdconfig -a -t vnode -o readonly -u "$2" -f "$1"`,
);

/** Takes a disk away by its number, which no other file has; what it showed may be gone. */
export const detachDisk = (image: FileDisk): Command =>
  act(["detach_disk", unitOf(image)], {
    shellFunction: detachDiskFunction,
    title: `detach ${image.file}`,
  });

const detachDiskFunction = shellFunction(
  "detach_disk",
  `case " $(mdconfig -l) " in *" md$1 "*) mdconfig -d -u "$1";; esac`,
);

export const mountReadOnly = (device: string, directory: string): Command =>
  act(["mount", "-t", "ufs", "-o", "ro", device, directory]);

/** Makes a directory that something will be mounted on, or takes one that is empty. */
export const makeMountPoint = (path: string): Command =>
  act(["make_mount_point", path], { shellFunction: makeMountPointFunction });

const makeMountPointFunction = shellFunction(
  "make_mount_point",
  `if [ ! -d "$1" ] || [ -L "$1" ]; then mkdir "$1"; return; fi
  [ -z "$(ls -A "$1")" ] || { echo "$1 is not empty: a mount would hide what is in it. Move that away" >&2; return 1; }`,
);
