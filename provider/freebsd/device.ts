/**
 * Disks and partitions with a UFS: fstyp(8), newfs(8), mount(8), umount(8). Nothing is made on a device before fstyp
 * has said that it knows no file system there.
 */
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { copyTreeFunction, removeTreeFunction } from "./files.js";
import { copyResolverFunction } from "./inside.js";

/** What is found on a device. */
export interface DeviceState {
  readonly kind: "absent" | "partitioned" | "empty" | "carries" | "fault";
  /** The partition, the type of the file system, or what fstyp said. */
  readonly detail: string;
  /** Where it is mounted. */
  readonly mountedOn?: string | undefined;
}

/** Looks at a device, or at a file that is to be one, without changing it. A whole disk with partitions is told by their names. */
export const showDevice = (device: string): Command =>
  look(["show_device", device], { shellFunction: showDeviceFunction, unguarded: true });

// With -u also what cannot be mounted is known: parts of a ZFS pool, encrypted volumes.
const showDeviceFunction = shellFunction(
  "show_device",
  `mount -p | while read -r f o _; do [ "$f" != "$1" ] || echo "mounted $o"; done
  [ -c "$1" ] || [ -f "$1" ] || { echo "absent -"; return 0; }
  for p in "$1"[ps][0-9]*; do [ ! -e "$p" ] || { echo "partitioned $p"; return 0; }; done
  if t=$(fstyp -u "$1" 2>&1); then echo "carries $t"; return 0; fi
  case $t in
  *"filesystem not recognized"*) echo "empty -";;
  *) echo "fault $t";;
  esac`,
);

/** Throws when the answer is none of ours. */
export function parseDevice({ stdout }: CommandResult): DeviceState {
  const mountedOn = /^mounted (\S+)$/m.exec(stdout)?.[1];
  const match = /^(absent|partitioned|empty|carries|fault) (.+)$/m.exec(stdout);
  if (match === null) throw new Error("the host did not tell what the device carries");
  return { kind: match[1] as DeviceState["kind"], detail: match[2]!, mountedOn };
}

/** Makes a UFS with soft updates. */
export const makeFileSystem = (device: string): Command =>
  act(["newfs", "-U", device], { deadline: 600 });

/** Mends what a crash of the host left, and only that (fsck_ffs(8)): a UFS that is not clean cannot be mounted. */
export const preen = (device: string): readonly [string, string, string] => [
  "/sbin/fsck_ffs",
  "-p",
  device,
];

/** Mounts it for the moment; `unmountDevice` ends that. */
export const mountDevice = (device: string, directory: string): Command[] => [
  act(preen(device), { deadline: 600 }),
  act(["mount", "-t", "ufs", device, directory]),
];

/**
 * Unmounts the device from a directory, trying again while it is busy; done when it is not mounted there.
 * @param tries seconds to go on for
 */
export const unmountDevice = (device: string, directory: string, tries = 30): Command =>
  act(["unmount_device", device, directory, `${tries}`], {
    shellFunction: unmountDeviceFunction,
    title: `unmount ${directory}`,
  });

export const unmountDeviceFunction = shellFunction(
  "unmount_device",
  `i=0
  while mount -p | while read -r f o _; do [ "$f $o" != "$1 $2" ] || echo yes; done | grep -q yes; do
    e=$(umount "$2" 2>&1) && continue
    i=$((i + 1)); [ "$i" -lt "$3" ] || { printf '%s\\n' "$e" >&2; return 1; }
    sleep 1
  done`,
);

export interface Filling {
  /** Where the device is mounted. */
  readonly directory: string;
  /** Tree that it gets a copy of. */
  readonly from: string;
  /** Written to a link in it when it is whole. */
  readonly mark: string;
  /** Whether the host's resolv.conf is copied, too. */
  readonly resolver: boolean;
  /** Whether content without the mark is taken as it is. */
  readonly adopt: boolean;
}

/**
 * Fills a mounted, empty device with a copy of a tree. What carries the mark already is kept as it is, half a copy
 * is made again, and anything else is left alone and an error.
 */
export const fillDevice = ({ directory, from, mark, resolver, adopt }: Filling): Command =>
  act(["fill_device", directory, from, mark, resolver ? "host" : "none", adopt ? "any" : "ours"], {
    shellFunction: fillDeviceFunction,
    deadline: 3600,
    title: `fill ${directory}`,
  });

/** Says whose data a mounted device carries that was filled otherwise. */
export const markDevice = ({
  directory,
  mark,
  resolver,
}: Omit<Filling, "from" | "adopt">): Command =>
  act(["mark_device", directory, mark, resolver ? "host" : "none"], {
    shellFunction: markDeviceFunction,
  });

/** The link on the device that says whose data it carries. */
export const deviceMark = ".pulumi-freebsd";

// The marks are links, which nothing here follows: what is on the device may be a jail's work.
const fillDeviceFunction = shellFunction(
  "fill_device",
  `l=$1/${deviceMark} m=$(readlink "$1/${deviceMark}")
  [ "$m" != "$3" ] || return 0
  if [ "$m" = "$3#0" ]; then
    for d in "$1"/*; do [ ! -e "$d" ] || remove_tree "$d" || return; done
  elif [ -n "$(ls -A "$1" | grep -vx .snap)" ]; then
    [ "$5" = any ] || { echo "the device carries files that are not this jail's\${m:+, but those of $m}: not touched. Empty it, give another one, or set adopt: true to take them as they are" >&2; return 1; }
    ln -sfh "$3" "$l"; return
  fi
  ln -sfh "$3#0" "$l" && copy_tree "$2" "$1" || return
  [ "$4" != host ] || copy_resolver "$1" || return
  ln -sfh "$3" "$l"`,
  [removeTreeFunction, copyTreeFunction, copyResolverFunction],
);

const markDeviceFunction = shellFunction(
  "mark_device",
  `[ "$3" != host ] || copy_resolver "$1" || return
  ln -sfh "$2" "$1/${deviceMark}"`,
  [copyResolverFunction],
);
