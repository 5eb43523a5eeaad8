import { readInput } from "./support/input.js";
import { type Run, tool, UsageError } from "./support/options.js";
import { bytesOf, linesOf } from "./support/text.js";

interface Line {
  fields: string[];
  key: string;
  used: boolean;
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
    const pairs: string[] = [];
    for (const a of left) {
      for (const b of right.filter(({ key }) => key === a.key)) {
        a.used = true;
        b.used = true;
        pairs.push(combine(run, a, b));
      }
    }
    const without = options.value("v");
    const alone = (number: string) =>
      [without, options.value("a")].includes(number)
        ? (number === "1" ? left : right).filter(({ used }) => !used)
        : [];
    const single = [...alone("1"), ...alone("2")].map((line) => rest(run, line));
    const output = without === undefined ? [...pairs, ...single].sort() : single;
    run.process.stdout.write(bytesOf(output.map((line) => `${line}\n`).join("")));
    return 0;
  },
);

async function readLines(run: Run, path: string, number: string): Promise<Line[]> {
  const separator = run.options.value("t");
  const field = Number(run.options.value(number) ?? 1) - 1;
  return linesOf(await readInput(run, path)).map((text) => {
    const fields = separator === undefined ? text.trim().split(/[ \t]+/) : text.split(separator);
    return { fields, key: fields[field] ?? "", used: false };
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
