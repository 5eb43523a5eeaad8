import { readInput } from "./support/input.js";
import { tool, UsageError } from "./support/options.js";
import { bytesOf, linesOf } from "./support/text.js";

/** comm(1): lines of two sorted files that only the first has, only the second has, and both have. */
export const comm = tool(
  { options: "123i", usage: ["comm [-123i] file1 file2"], usageStatus: 1 },
  async (run) => {
    const [first, second] = run.operands;
    if (first === undefined || second === undefined || run.operands.length > 2)
      throw new UsageError();
    const left = linesOf(await readInput(run, first));
    const right = linesOf(await readInput(run, second));
    const key = (line: string | undefined) => (run.options.has("i") ? line?.toLowerCase() : line);
    const shown = ["1", "2", "3"].filter((column) => !run.options.has(column));
    let output = "";
    const print = (column: string, line: string) => {
      const indent = shown.indexOf(column);
      if (indent >= 0) output += `${"\t".repeat(indent)}${line}\n`;
    };
    while (left.length > 0 || right.length > 0) {
      const [a, b] = [key(left[0]), key(right[0])];
      if (a !== undefined && a === b) {
        print("3", left.shift() as string);
        right.shift();
      } else if (a !== undefined && (b === undefined || a < b)) print("1", left.shift() as string);
      else print("2", right.shift() as string);
    }
    run.process.stdout.write(bytesOf(output));
    return 0;
  },
);
