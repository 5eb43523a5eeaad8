import { readInput } from "./support/input.js";
import { Fatal, type Run, tool, UsageError, warn } from "./support/options.js";
import { bytesOf, linesOf } from "./support/text.js";

/** cut(1): -f with -d, or -c and -b, by lists of ranges; -s drops lines without the delimiter. */
export const cut = tool(
  {
    options: "b:c:d:f:ns",
    usage: [
      "cut -b list [-n] [file ...]",
      "cut -c list [file ...]",
      "cut -f list [-s] [-w | -d delim] [file ...]",
    ],
    usageStatus: 1,
  },
  async (run) => {
    const list = run.options.values("bcf").at(-1);
    if (!list) throw new UsageError();
    const takes = parseList(list.value);
    let status = 0;
    for (const path of run.operands.length > 0 ? run.operands : ["-"]) {
      try {
        const lines = linesOf(await readInput(run, path));
        const parts = lines.flatMap((line) => cutLine(run, line, list.letter, takes));
        run.process.stdout.write(bytesOf(parts.map((part) => `${part}\n`).join("")));
      } catch (error) {
        status = warn(run, path, error);
      }
    }
    return status;
  },
);

function parseList(text: string): (index: number) => boolean {
  const ranges = text.split(/[,\s]+/).map((part) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(part);
    if (!match || part === "" || part === "-") throw new Fatal("[-bcf] list: illegal list value");
    const [, from, dash, to] = match;
    const start = from === "" ? 1 : Number(from);
    return { start, end: dash === "" ? start : to === "" ? Number.POSITIVE_INFINITY : Number(to) };
  });
  return (index) => ranges.some(({ start, end }) => index >= start && index <= end);
}

function cutLine(
  run: Run,
  line: string,
  kind: string,
  takes: (index: number) => boolean,
): string[] {
  if (kind !== "f") return [[...line].filter((_, at) => takes(at + 1)).join("")];
  const delimiter = run.options.value("d") ?? "\t";
  if (!line.includes(delimiter)) return run.options.has("s") ? [] : [line];
  return [
    line
      .split(delimiter)
      .filter((_, at) => takes(at + 1))
      .join(delimiter),
  ];
}
