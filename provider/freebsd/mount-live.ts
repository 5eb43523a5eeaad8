/** Mounts that come and go while their jail runs. */
import { act, type Command, shellFunction } from "./command.js";
import { enter } from "./inside.js";
import type { FstabLine } from "./mount.js";

/**
 * Unmounts one by the name that mount(8) shows, and of its type: umount(8) looks the name up in the kernel's list, but
 * where the mount went meanwhile it would follow what the jail has put in its place.
 */
export const unmountLive = (jail: string, { on, type }: FstabLine): Command =>
  act(["unmount_live", type, on], {
    shellFunction: unmountLiveFunction,
    title: `unmount ${on} in the running jail ${jail}`,
  });

const unmountLiveFunction = shellFunction(
  "unmount_live",
  `case $(mount -p -t "$1") in *[[:blank:]]"$2"[[:blank:]]*) ;; *) return 0;; esac
  umount -t "$1" "$2" && return
  echo "Something uses it still. End that (fstat -f $2 on the host lists it) and run pulumi up again, or declare running: false first, which stops the jail." >&2
  return 1`,
);

/** Fails where what is to be mounted is not there: before anything else is changed. */
export const mustBeThere = (source: string): Command =>
  act(["must_be_there", source], {
    shellFunction: mustBeThereFunction,
    title: `look for ${source}, which is to be mounted`,
  });

const mustBeThereFunction = shellFunction(
  "must_be_there",
  `[ -e "$1" ] || { echo "$1 is not on the host: make it, or correct the mount's source" >&2; return 1; }`,
);

/**
 * Mounts at a place below a root to which nothing leads that the running jail can change: mount(8) would follow a link
 * that took its place between this look and the mount.
 */
export const mountLive = (
  jail: string,
  root: string,
  { from, on, type, options }: FstabLine,
): Command =>
  act(["mount_live", type, options.join(","), from, root, on.slice(root.length)], {
    shellFunction: mountLiveFunction,
    title: `mount ${from} on ${on} in the running jail ${jail}`,
  });

const mountLiveFunction = shellFunction(
  "mount_live",
  `(enter "$4" "$5" keep) && mount -t "$1" -o "$2" "$3" "$4$5"`,
  [enter],
);
