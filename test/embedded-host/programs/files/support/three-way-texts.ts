/** What diff3(1) prints of three texts: a list, or their merge with the quirks of FreeBSD's. */
import type { Range } from "./hunks.js";
import type { Region } from "./three-way.js";

export type Texts = [string[], string[], string[]];

interface Merged {
  readonly text: string;
  readonly conflicts: boolean;
}

const linesOf = (text: readonly string[], { from, to }: Range) =>
  text.slice(Math.max(from, 1) - 1, Math.max(to - 1, 0));
const lines = (text: readonly string[], range: Range) => linesOf(text, range).join("");

/** The list: where the files differ, by lines in each of them, and the lines; what two have alike only once. */
export function listThree(texts: Texts, regions: readonly Region[]): string {
  let output = "";
  const last = [0, 0, 0];
  const show = (file: 0 | 1 | 2, { from, to }: Range, silent = false) => {
    const numbers = to <= from ? `${from - 1}a` : `${from}${to > from + 1 ? `,${to - 1}` : ""}c`;
    output += `${file + 1}:${numbers}\n`;
    last[file] = to;
    // A last line without an end is followed by the next thing on its line.
    if (!silent) for (const line of linesOf(texts[file], { from, to })) output += `  ${line}`;
  };
  /** The same place in a file that has there what the third one has. */
  const keep = (file: 0 | 1, { from, to }: Range) => {
    const behind = (last[2] as number) - (last[file] as number);
    show(file, { from: from - behind, to: to - behind }, true);
  };
  for (const { kind, old, middle, new: fresh } of regions) {
    output += `====${{ first: "1", second: "2", third: "3", all: "" }[kind]}\n`;
    if (kind === "second") {
      keep(0, fresh);
      show(2, fresh);
      show(1, old);
      continue;
    }
    show(0, old, kind === "third");
    if (middle === undefined) keep(1, fresh);
    else show(1, middle);
    show(2, fresh);
  }
  return output;
}

/** Without -E or -X it also brackets what both sides have changed alike, and fails for it. */
export function mergeThree(
  [first, second, third]: Texts,
  found: { readonly regions: readonly Region[]; readonly ahead: number },
  marks: readonly string[],
  short: boolean,
): Merged {
  const regions = found.regions.filter(({ kind }) => !(short && kind === "second"));
  let output = "";
  let at = 1;
  for (const region of regions) {
    const { kind, old } = region;
    const start = kind === "second" ? region.new.from + region.ahead : old.from;
    output += lines(first, { from: at, to: kind === "first" ? old.to : start });
    if (kind === "third") output += lines(third, region.new);
    if (kind === "second") output += bothAlike([first, second, third], region, marks);
    if (kind === "all") output += bracket([first, second, third], region, marks, short);
    at = kind === "second" ? region.new.to + region.ahead : old.to;
  }
  output += lines(third, { from: at - found.ahead, to: third.length + 1 });
  return { text: output, conflicts: regions.some(({ kind }) => isConflict(kind)) };
}

/**
 * The merge of 13.2 (version 20220517): -E changes nothing, and line numbers of the third file are taken for the
 * first one's. Behind lines that the third file adds, lines of the first are left out or come twice.
 */
export function mergeThreeIn13(
  texts: Texts,
  found: readonly Region[],
  marks: readonly string[],
): Merged {
  const [first, , third] = texts;
  const regions = found.filter(({ kind }) => kind !== "first");
  let output = "";
  let at = 1;
  for (const region of regions) {
    const { kind, old, new: fresh } = region;
    // A range that ends before it begins is what the real one fails for.
    output += lines(first, { from: at, to: old.from });
    if (kind === "third") output += lines(third, fresh);
    else output += (kind === "second" ? bothAlike : bracket)(texts, region, marks);
    at = old.from === old.to ? fresh.to : old.to;
  }
  const [old, fresh] = [regions.at(-1)?.old, regions.at(-1)?.new];
  if (old?.from === fresh?.from && old?.to === fresh?.to) at -= 1;
  else if (old && fresh && fresh.from === fresh.to) at = old.from;
  if (regions.length > 0 && regions.at(-1)?.kind !== "second") at += 1;
  output += lines(first, { from: at, to: first.length + 1 });
  return { text: output, conflicts: regions.some(({ kind }) => isConflict(kind)) };
}

const isConflict = (kind: Region["kind"]): boolean => kind === "all" || kind === "second";

function bothAlike([, second, third]: Texts, region: Region, marks: readonly string[]): string {
  const before = `<<<<<<< ${marks[1]}\n${lines(second, region.old)}=======\n`;
  return `${before}${lines(third, region.new)}>>>>>>> ${marks[2]}\n`;
}

/** A conflict; the lines that are shown of the second file are those with the numbers of the first one's. */
function bracket(
  [first, second, third]: Texts,
  region: Region,
  marks: readonly string[],
  short = false,
): string {
  const { old, new: fresh } = region;
  const shown = old.from === old.to ? { from: old.from - 1, to: fresh.to } : old;
  const before = short ? "" : `||||||| ${marks[1]}\n${lines(second, shown)}`;
  const ours = `<<<<<<< ${marks[0]}\n${lines(first, old)}${before}`;
  return `${ours}=======\n${lines(third, fresh)}>>>>>>> ${marks[2]}\n`;
}
