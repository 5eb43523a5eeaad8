/** Memory disks that show a file: mdconfig(8). */
import { createHash } from "node:crypto";
import { act, type Command, type CommandResult, look, shellFunction } from "./command.js";

export interface FileDisk {
  /** Path without blanks or anything else that a shell reads. */
  readonly file: string;
  /** "md7" */
  readonly disk: string;
}

/**
 * The memory disk of whatever has that name. Its number follows from the name, so that an fstab can name it, and is
 * far above those that mdconfig(8) gives by itself.
 */
export function memoryDisk(name: string): string {
  const digest = createHash("sha256").update(name).digest("hex");
  return `md${2 ** 28 + Number.parseInt(digest.slice(0, 7), 16)}`;
}

/** Units of the disks that show a file, and nothing when there is none. */
export const listDisks = (file: string): Command => look(["mdconfig", "-l", "-f", file]);

/** "md0 md1 " */
export const parseDisks = ({ stdout }: CommandResult): string[] =>
  stdout.split(/\s+/).filter((word) => /^md\d+$/.test(word));

const unitOf = (disk: string): string => disk.replace(/^md/, "");

/**
 * For a hook in jail.conf, which can hold neither quotes nor "$". A unit that shows another file already makes
 * mdconfig fail.
 */
export const attachText = ({ file, disk }: FileDisk): string =>
  `/sbin/mdconfig -l -f ${file} | grep -qw ${disk} || ` +
  `/sbin/mdconfig -a -t vnode -u ${unitOf(disk)} -f ${file}`;

export const detachText = ({ disk }: FileDisk): string => `/sbin/mdconfig -d -u ${unitOf(disk)}`;

/** Makes the file when it is absent (sparse: it takes room as it is filled), and its disk. */
export const attachImage = ({ file, disk }: FileDisk, size?: string): Command =>
  act(["attach_image", file, unitOf(disk), size ?? ""], {
    shellFunction: attachImageFunction,
    title: `attach ${file}`,
  });

const attachImageFunction = shellFunction(
  "attach_image",
  `[ -z "$3" ] || [ -e "$1" ] || truncate -s "$3" "$1" || return
  case " $(mdconfig -l -f "$1") " in *" md$2 "*) return 0;; esac
  mdconfig -a -t vnode -u "$2" -f "$1"`,
);

/** Takes the disk away, when it shows the file. */
export const detachImage = ({ file, disk }: FileDisk): Command =>
  act(["detach_image", file, unitOf(disk)], {
    shellFunction: detachImageFunction,
    title: `detach ${file}`,
  });

export const detachImageFunction = shellFunction(
  "detach_image",
  `case " $(mdconfig -l -f "$1" 2>/dev/null) " in *" md$2 "*) mdconfig -d -u "$2";; esac`,
);
