import { readInput } from "./support/input.js";
import { type Run, tool, UsageError } from "./support/options.js";
import { bytesOf, linesOf } from "./support/text.js";

interface Line {
  fields: string[];
  key: string;
}

/** join(1): lines of two sorted files whose field is the same; -v has those of one file that have no partner. */
export const join = tool(
  {
    options: "1:2:a:o:t:v:",
    usage: [
      "join [-a fileno | -v fileno ] [-e string] [-1 field] [-2 field]",
      "     [-o list] [-t char] file1 file2",
    ],
    usageStatus: 1,
  },
  async (run) => {
    const { options, operands } = run;
    const [first, second] = operands;
    if (first === undefined || second === undefined || operands.length > 2) throw new UsageError();
    const left = await readLines(run, first, "1");
    const right = await readLines(run, second, "2");
    const without = options.value("v");
    const output: string[] = [];
    const alone = (number: string, line: Line) => {
      if (without === number || options.values("a").some(({ value }) => value === number)) {
        output.push(rest(run, line));
      }
    };
    // As the real one it goes through both once: in files that are not sorted it misses pairs.
    while (left.length > 0 || right.length > 0) {
      const [a, b] = [left[0], right[0]];
      if (a && (!b || a.key < b.key)) alone("1", left.shift() as Line);
      else if (b && (!a || b.key < a.key)) alone("2", right.shift() as Line);
      else if (a) {
        const [ours, theirs] = [takeRun(left, a.key), takeRun(right, a.key)];
        if (without !== undefined) continue;
        for (const one of ours) for (const two of theirs) output.push(combine(run, one, two));
      }
    }
    run.process.stdout.write(bytesOf(output.map((line) => `${line}\n`).join("")));
    return 0;
  },
);

/** Takes the lines of one key off the beginning. */
function takeRun(lines: Line[], key: string): Line[] {
  const end = lines.findIndex((line) => line.key !== key);
  return lines.splice(0, end < 0 ? lines.length : end);
}

async function readLines(run: Run, path: string, number: string): Promise<Line[]> {
  const separator = run.options.value("t");
  const field = Number(run.options.value(number) ?? 1) - 1;
  return linesOf(await readInput(run, path)).map((text) => {
    const fields = separator === undefined ? text.trim().split(/[ \t]+/) : text.split(separator);
    return { fields, key: fields[field] ?? "" };
  });
}

/** The common field and what is left of both lines, or the fields that -o names. */
function combine(run: Run, a: Line, b: Line): string {
  const list = run.options.value("o");
  const separator = run.options.value("t") ?? " ";
  if (list === undefined) {
    return [a.key, ...others(run, a, "1"), ...others(run, b, "2")].join(separator);
  }
  const words = list.split(/[\s,]+/).map((word) => {
    const [file, field] = word.split(".");
    return word === "0" ? a.key : ((file === "1" ? a : b).fields[Number(field) - 1] ?? "");
  });
  return words.join(separator);
}

function others(run: Run, line: Line, number: string): string[] {
  const field = Number(run.options.value(number) ?? 1) - 1;
  return line.fields.filter((_, index) => index !== field);
}

function rest(run: Run, line: Line): string {
  const number = run.options.value("v") ?? run.options.value("a") ?? "1";
  const separator = run.options.value("t") ?? " ";
  return [line.key, ...others(run, line, number)].join(separator);
}
