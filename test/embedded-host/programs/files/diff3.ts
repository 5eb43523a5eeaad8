import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { type Range, rawLines } from "./support/hunks.js";
import { readInput } from "./support/input.js";
import { Fatal, type Run, tool, UsageError } from "./support/options.js";
import { bytesOf } from "./support/text.js";
import { compareThree, type Region } from "./support/three-way.js";

type Texts = [string[], string[], string[]];

/**
 * diff3(1) with -m: the merge itself. Without -E or -X it also brackets what both sides have changed alike, and
 * fails for it. Its quirks are FreeBSD's: the lines that it shows of the second file in a conflict are those with
 * the numbers that the first file's have.
 */
export const diff3 = tool(
  {
    options: "3aAeEiL:mTxX",
    usage: ["diff3 [-3aAeEimTxX] [-L label1] [-L label2] [-L label3] file1 file2 file3"],
    usageStatus: 2,
  },
  async (run) => {
    if (run.operands.length !== 3 || !run.options.has("m")) throw new UsageError();
    const labels = run.options.values("L").map(({ value }) => value);
    if (labels.length > 3) throw new Fatal("too many file label options", 2);
    const marks = run.operands.map((path, index) => labels[index] ?? path);
    const data: Buffer[] = [];
    for (const path of run.operands) data.push(await read(run, path));
    const texts = data.map(rawLines) as Texts;
    const onlyOverlaps = ["E", "X", "x"].includes(run.options.last("EeXx3") ?? "");
    // diff(1) only says that binary files differ, which diff3 does not read as a difference.
    const binary = !run.options.has("a") && data.some((one) => one.includes(0));
    const found = binary ? { regions: [], ahead: 0 } : compareThree(texts);
    const regions = found.regions.filter(({ kind }) => !(onlyOverlaps && kind === "second"));
    run.process.stdout.write(bytesOf(merge(texts, regions, found.ahead, marks, onlyOverlaps)));
    return regions.some(({ kind }) => kind === "all" || kind === "second") ? 1 : 0;
  },
);

async function read(run: Run, path: string): Promise<Buffer> {
  try {
    return await readInput(run, path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new Fatal(`Can't open ${path}: ${strerror(error.code)}`, 2);
  }
}

const lines = (text: readonly string[], { from, to }: Range) =>
  text.slice(Math.max(from, 1) - 1, Math.max(to - 1, 0)).join("");

/** The first file up to each region, the region as it is decided, and at the end the rest of the third. */
function merge(
  [first, second, third]: Texts,
  regions: readonly Region[],
  ahead: number,
  marks: readonly string[],
  short: boolean,
): string {
  let output = "";
  let at = 1;
  for (const region of regions) {
    const { kind, old } = region;
    const start = kind === "second" ? region.new.from + region.ahead : old.from;
    output += lines(first, { from: at, to: kind === "first" ? old.to : start });
    if (kind === "third") output += lines(third, region.new);
    if (kind === "second") {
      output += `<<<<<<< ${marks[1]}\n${lines(second, old)}=======\n`;
      output += `${lines(third, region.new)}>>>>>>> ${marks[2]}\n`;
    }
    if (kind === "all") {
      output += `<<<<<<< ${marks[0]}\n${lines(first, old)}`;
      if (!short) output += `||||||| ${marks[1]}\n${lines(second, shownOf(region))}`;
      output += `=======\n${lines(third, region.new)}>>>>>>> ${marks[2]}\n`;
    }
    at = kind === "second" ? region.new.to + region.ahead : old.to;
  }
  return output + lines(third, { from: at - ahead, to: third.length + 1 });
}

/** The lines of the second file that a conflict shows. */
function shownOf({ old, new: fresh }: Region): Range {
  return old.from === old.to ? { from: old.from - 1, to: fresh.to } : old;
}
