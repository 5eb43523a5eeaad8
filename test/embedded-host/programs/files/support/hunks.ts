/** Lines of one file from the first to before the last, counted from 1: an empty range is a place between lines. */
export interface Range {
  from: number;
  to: number;
}

/** Lines of the left file that other lines of the right one take the place of. */
export interface Hunk {
  left: Range;
  right: Range;
}

/** The lines of a file with their line ends: a last line without one differs from the same with one. */
export function rawLines(data: Buffer): string[] {
  return data.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

/** What diff(1) finds between two files, by their longest common subsequence. */
export function findHunks(left: readonly string[], right: readonly string[]): Hunk[] {
  let start = 0;
  while (start < left.length && start < right.length && left[start] === right[start]) start += 1;
  let ends = 0;
  const room = Math.min(left.length, right.length) - start;
  while (ends < room && left.at(-1 - ends) === right.at(-1 - ends)) ends += 1;
  const a = left.slice(start, left.length - ends);
  const b = right.slice(start, right.length - ends);
  return walk(a, b, commonLengths(a, b)).map((hunk) => ({
    left: shift(hunk.left, start + 1),
    right: shift(hunk.right, start + 1),
  }));
}

function shift({ from, to }: Range, by: number): Range {
  return { from: from + by, to: to + by };
}

/** For every pair of positions, how many lines the rests have in common. */
function commonLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      const at = i * width + j;
      const down = lengths[at + width] as number;
      const across = lengths[at + 1] as number;
      const both = (lengths[at + width + 1] as number) + 1;
      lengths[at] = a[i] === b[j] ? both : Math.max(down, across);
    }
  }
  return lengths;
}

/** Follows the table from the start; positions count from 0. */
function walk(a: readonly string[], b: readonly string[], lengths: Uint32Array): Hunk[] {
  const width = b.length + 1;
  const hunks: Hunk[] = [];
  let [i, j] = [0, 0];
  let [fromA, fromB] = [0, 0];
  const close = () => {
    if (i > fromA || j > fromB) {
      hunks.push({ left: { from: fromA, to: i }, right: { from: fromB, to: j } });
    }
  };
  while (i < a.length && j < b.length) {
    const at = i * width + j;
    if (a[i] === b[j]) {
      close();
      [i, j] = [i + 1, j + 1];
      [fromA, fromB] = [i, j];
    } else if ((lengths[at + width] as number) >= (lengths[at + 1] as number)) i += 1;
    else j += 1;
  }
  [i, j] = [a.length, b.length];
  close();
  return hunks;
}
