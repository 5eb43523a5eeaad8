/** mount(8), umount(8) and the fstab(5) of a jail. */
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";
import { linesOf, misread } from "./lines.js";
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
  `m=$(mount -p) || return; printf '%s\\n' "$m" | grep -F -e "$1/" -e "$1	" -e "$1 "; return 0`,
);

/** Mounts at or below `path`, in the order in which they were mounted. */
export function parseMounts(result: CommandResult, path: string): MountEntry[] {
  const { entries, strange } = allMounts(result);
  // Somebody else's mounts may be as strange as they like.
  const fault = strange.find((line) => line.includes(path));
  if (fault !== undefined) throw misread("mount -p", fault);
  return entries.filter(({ on }) => on === path || on.startsWith(`${path}/`));
}

/** Type of the file system that a path is on, as far as the mounts tell; links are not followed. */
export function fileSystemOf(result: CommandResult, path: string): string | undefined {
  const above = allMounts(result).entries.filter(
    ({ on }) => on === "/" || on === path || path.startsWith(`${on}/`),
  );
  const longest = Math.max(...above.map(({ on }) => on.length));
  return above.findLast(({ on }) => on.length === longest)?.type;
}

interface MountTable {
  readonly entries: readonly MountEntry[];
  /** Text that is no entry. */
  readonly strange: readonly string[];
}

const allMounts = once((result): MountTable => {
  const entries: MountEntry[] = [];
  const strange: string[] = [];
  let begun = ""; // A mount point may have a newline in it: such an entry ends in a later line.
  for (const line of linesOf("mount -p", result)) {
    const alone = parseEntry(line);
    const entry = alone ?? parseEntry(begun + line);
    if (entry === undefined) {
      begun += `${line}\n`;
      continue;
    }
    entries.push(entry);
    if (alone !== undefined && begun !== "") strange.push(begun);
    begun = "";
  }
  return { entries, strange: begun === "" ? strange : [...strange, begun] };
});

/**
 * What is mounted, the mount point, the type, the options and two numbers. Names may hold blanks, so the text is read
 * from its end, and of several readings that one is right in which both names are padded as mount(8) pads them.
 */
function parseEntry(text: string): MountEntry | undefined {
  const match = /^(\S[\s\S]*[^\t])(\t+| )([\w.-]+)\t(r[ow](?:,[^\s,]+)*)[\t ]+\d+ \d+$/.exec(text);
  if (match === null) return undefined;
  const [, names, padding, type, options] = match as unknown as [string, ...string[]];
  const readings = [...names!.matchAll(/(\t+| )(?=\/)/g)].map(({ index, 0: gap }) => ({
    from: names!.slice(0, index),
    gap,
    on: names!.slice(index + gap.length),
  }));
  const [reading, ...others] =
    readings.length === 1
      ? readings
      : readings.filter(({ from, gap, on }) => gap === gapAfter(from) && padding === gapAfter(on));
  if (reading === undefined || others.length > 0) return undefined;
  return { from: reading.from, on: reading.on, type: type!, options: options!.split(",") };
}

/** Tabs up to the third stop, or a blank after a longer name (putfsent of mount.c; transcript 20). */
function gapAfter(name: string): string {
  const length = Buffer.byteLength(name);
  return length < 24 ? "\t".repeat(3 - Math.floor(length / 8)) : " ";
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
