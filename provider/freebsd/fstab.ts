/** fstab(5) as others wrote it. */
import type { FstabLine } from "./mount.js";
import { decodeVis } from "./vis.js";

export interface ForeignFstab {
  readonly lines: readonly FstabLine[];
  /** Lines that are none of a file system. */
  readonly strange: readonly string[];
}

/** Fields are split at blanks and decoded as unvis(3) does; what follows the sixth is nobody's. */
export function parseFstab(text: string): ForeignFstab {
  const lines: FstabLine[] = [];
  const strange: string[] = [];
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "" || line.startsWith("#")) continue;
    const [from, on, type, options] = line.split(/[ \t]+/);
    if (on?.startsWith("/") !== true || type === undefined || options === undefined)
      strange.push(line);
    else lines.push({ from: decode(from!), on: decode(on), type, options: options.split(",") });
  }
  return { lines, strange };
}

/** decodeVis works on bytes. */
const decode = (word: string): string =>
  Buffer.from(decodeVis(Buffer.from(word, "utf8").toString("latin1")), "latin1").toString("utf8");
