import { readInput } from "./support/input.js";
import { tool } from "./support/options.js";
import { bytesOf, linesOf } from "./support/text.js";

/** uniq(1): -c counts, -d shows only repeated lines, -u only others, -i ignores case. */
export const uniq = tool(
  {
    options: "cdiu",
    usage: ["uniq [-c | -d | -D | -u] [-i] [-f fields] [-s chars] [input [output]]"],
    usageStatus: 1,
  },
  async (run) => {
    const groups: { line: string; count: number }[] = [];
    const same = (a: string, b: string) =>
      run.options.has("i") ? a.toLowerCase() === b.toLowerCase() : a === b;
    for (const line of linesOf(await readInput(run, run.operands[0]))) {
      const last = groups.at(-1);
      if (last && same(last.line, line)) last.count += 1;
      else groups.push({ line, count: 1 });
    }
    const shown = groups.filter(({ count }) => {
      if (run.options.has("d")) return count > 1;
      return run.options.has("u") ? count === 1 : true;
    });
    const prefix = (count: number) => (run.options.has("c") ? `${String(count).padStart(4)} ` : "");
    const text = bytesOf(shown.map(({ line, count }) => `${prefix(count)}${line}\n`).join(""));
    const output = run.operands[1];
    if (output === undefined) run.process.stdout.write(text);
    else run.files.write(run.process, output, text);
    return 0;
  },
);
