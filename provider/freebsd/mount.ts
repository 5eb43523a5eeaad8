/** mount(8), umount(8) and the fstab(5) of a jail. */
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { once } from "./once.js";

export interface MountEntry {
  readonly from: string;
  readonly on: string;
  readonly type: string;
  /** "rw" or "ro" first. */
  readonly options: readonly string[];
}

/** What is mounted at or below a path. Wide: everything that is mounted. */
export function mountsBelow(path: string): Command {
  return look(["mounts_below", path], {
    shellFunction: mountsBelowFunction,
    wide: { command: look(["mount", "-p"]), pick: (result) => result },
  });
}

const mountsBelowFunction = shellFunction(
  "mounts_below",
  `mount -p | grep -F -e "$1/" -e "$1	" -e "$1 "; return 0`,
);

/** Mounts at or below `path`, in the order in which they were mounted. */
export function parseMounts(result: CommandResult, path: string): MountEntry[] {
  return allMounts(result).filter(({ on }) => on === path || on.startsWith(`${path}/`));
}

const allMounts = once((result): readonly MountEntry[] =>
  result.stdout
    .split("\n")
    .map(parseMountLine)
    .filter((entry) => entry !== undefined),
);

/** `mount -p` pads with tabs and blanks; paths may hold blanks, so the line is read from both ends. */
function parseMountLine(line: string): MountEntry | undefined {
  const match = /^(\S.*?)[\t ]+(\/.*?|\/)[\t ]+(\w+)[\t ]+(\S+)[\t ]+\d+ \d+$/.exec(line);
  if (match === null) return undefined;
  const [, from, on, type, options] = match as unknown as [string, string, string, string, string];
  return { from, on, type, options: options.split(",") };
}

/** File systems that a jail's file and fstab mount. A dataset or disk that somebody mounted below is not ours. */
const swept = ["devfs", "fdescfs", "linprocfs", "linsysfs", "nullfs", "procfs", "tmpfs"];

/** Whether `sweepMounts` takes it away. */
export const isSwept = ({ type }: MountEntry): boolean => swept.includes(type);

/**
 * Unmounts what a jail may have left below its root, the last mounted first, trying again while it is busy: processes
 * of a stopped jail may take a while to end. jail(8) has unmounted already what was not busy, so mostly this only
 * looks.
 */
export const sweepMounts = (path: string): Command =>
  // The path becomes part of an extended pattern.
  act(["sweep_mounts", path.replace(/[.+]/g, "\\$&")], {
    shellFunction: sweepMountsFunction,
    title: `unmount what is left below ${path}`,
  });

// A mount point is cut out of a line of mount -p by the path that is known to start it and the type that follows.
export const sweepMountsFunction = shellFunction(
  "sweep_mounts",
  `i=0
  while m=$(mount -p | sed -En "s%^.*[[:blank:]]($1/.*[^[:blank:]])[[:blank:]]+(${swept.join("|")})[[:blank:]]+r[ow][^[:blank:]]*[[:blank:]]*[0-9] [0-9]$%\\1%p" | tail -n 1) && [ -n "$m" ]; do
    e=$(umount "$m" 2>&1) && continue
    i=$((i + 1)); [ "$i" -lt 30 ] || { printf '%s\\n' "$e" >&2; return 1; }
    sleep 1
  done`,
);

export interface FstabLine {
  readonly from: string;
  readonly on: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** A jail's fstab: blanks in paths are written as \040. */
export function renderFstab(lines: readonly FstabLine[]): string {
  const encode = (path: string) => path.replaceAll(" ", "\\040");
  return lines
    .map(
      ({ from, on, type, options }) =>
        `${encode(from)} ${encode(on)} ${type} ${options.join(",")} 0 0\n`,
    )
    .join("");
}
