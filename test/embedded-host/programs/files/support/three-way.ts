import { findHunks, type Hunk, type Range } from "./hunks.js";

/**
 * A place where the three files are not the same, in lines of the first and of the third file:
 * - "first": only the first differs from the others
 * - "second": only the second does: the first and the third have changed alike
 * - "third": only the third does
 * - "all": a conflict
 */
export interface Region {
  kind: "first" | "second" | "third" | "all";
  /** Lines of the first file; of the second for kind "second". */
  old: Range;
  /** Lines of the second file, for kinds "third" and "all". */
  middle?: Range;
  /** Lines of the third file. */
  new: Range;
  /** How many lines the first file is ahead of the third before this place. */
  ahead: number;
}

const length = ({ from, to }: Range) => to - from;
const copy = ({ left, right }: Hunk): Hunk => ({ left: { ...left }, right: { ...right } });

/** Lines up the differences of the first and of the second file from the third; changes that touch are one. */
export function compareThree(
  files: readonly [readonly string[], readonly string[], readonly string[]],
): { regions: Region[]; ahead: number } {
  const [first, second, third] = files;
  const one = findHunks(first, third).map(copy);
  const two = findHunks(second, third).map(copy);
  const regions: Region[] = [];
  let ahead = 0;
  for (;;) {
    const [a, b] = [one[0], two[0]];
    if (!a && !b) return { regions, ahead };
    if (a && (!b || a.right.to < b.right.from)) {
      regions.push({ kind: "first", old: a.left, new: a.right, ahead });
      ahead += length(a.left) - length(a.right);
      one.shift();
    } else if (b && (!a || b.right.to < a.right.from)) {
      regions.push({ kind: "second", old: b.left, new: b.right, ahead });
      two.shift();
    } else if (a && b && !joinNext(one) && !joinNext(two)) {
      if (a.right.from !== b.right.from || a.right.to !== b.right.to) {
        widen(a, b);
        continue;
      }
      const alike = sameLines(first, a.left, second, b.left);
      const kind = alike ? "third" : "all";
      regions.push({ kind, old: a.left, middle: b.left, new: a.right, ahead });
      ahead += length(a.left) - length(a.right);
      one.shift();
      two.shift();
    }
  }
}

/** Makes one of the first two hunks when they touch in the third file. */
function joinNext(hunks: Hunk[]): boolean {
  const [first, next] = hunks;
  if (!first || !next || first.right.to < next.right.from) return false;
  next.left.from = first.left.from;
  next.right.from = first.right.from;
  hunks.shift();
  return true;
}

/** Widens both hunks until they cover the same lines of the third file. */
function widen(a: Hunk, b: Hunk): void {
  const from = Math.min(a.right.from, b.right.from);
  const to = Math.max(a.right.to, b.right.to);
  for (const hunk of [a, b]) {
    hunk.left.from -= hunk.right.from - from;
    hunk.left.to += to - hunk.right.to;
    hunk.right.from = from;
    hunk.right.to = to;
  }
}

function sameLines(left: readonly string[], a: Range, right: readonly string[], b: Range): boolean {
  const text = (lines: readonly string[], { from, to }: Range) => lines.slice(from - 1, to - 1);
  return length(a) === length(b) && text(left, a).join("") === text(right, b).join("");
}
