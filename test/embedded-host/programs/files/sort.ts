import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { readInput } from "./support/input.js";
import { Fatal, type Run, tool } from "./support/options.js";
import { bytesOf, linesOf } from "./support/text.js";

interface Key {
  from: number;
  to: number;
  numeric: boolean;
  reverse: boolean;
  fold: boolean;
}

/** sort(1): -u -n -r -f -b -s, -t and -k with whole fields, -o, -c. */
export const sort = tool(
  {
    options: "bcfk:no:rst:u",
    usage: [
      "sort [-bcCdfigMmnrsuz] [-kPOS1[,POS2] ... ] [+POS1 [-POS2]] [-S memsize] [-T tmpdir] [-t separator] [-o outfile] [--batch-size size] [--compress program] [--files0-from file] [--heapsort] [--mergesort] [--radixsort] [--qsort] [--mmap] [--parallel thread_no] [--human-readable-sort] [--version-sort] [--random-sort [--random-source file]] [--compress-program program] [file ...]",
    ],
    usageStatus: 2,
  },
  async (run) => {
    const lines: string[] = [];
    for (const path of run.operands.length > 0 ? run.operands : ["-"]) {
      lines.push(...linesOf(await read(run, path)));
    }
    const compare = comparison(run);
    if (run.options.has("c")) return checkOrder(run, lines, compare);
    const sorted = [...lines].sort(compare);
    const unique = (line: string, at: number) =>
      at === 0 || byKeys(run, sorted[at - 1] as string, line) !== 0;
    const result = run.options.has("u") ? sorted.filter(unique) : sorted;
    const text = bytesOf(result.map((line) => `${line}\n`).join(""));
    const output = run.options.value("o");
    if (output === undefined) run.process.stdout.write(text);
    else run.files.write(run.process, output, text);
    return 0;
  },
);

async function read(run: Run, path: string): Promise<Buffer> {
  try {
    return await readInput(run, path);
  } catch (error) {
    throw error instanceof FsError ? new Fatal(`${path}: ${strerror(error.code)}`, 2) : error;
  }
}

/** Keys decide; lines that are equal by them are ordered as a whole, unless -s or -u is given. */
function comparison(run: Run): (a: string, b: string) => number {
  const last = run.options.has("r") ? -1 : 1;
  return (a, b) => {
    const order = byKeys(run, a, b);
    if (order !== 0 || run.options.has("s") || run.options.has("u")) return order;
    return last * (a < b ? -1 : a > b ? 1 : 0);
  };
}

function byKeys(run: Run, a: string, b: string): number {
  for (const key of keysOf(run)) {
    const [left, right] = [fieldsOf(run, a, key), fieldsOf(run, b, key)];
    const order = key.numeric
      ? numberOf(left) - numberOf(right)
      : left < right
        ? -1
        : left > right
          ? 1
          : 0;
    if (order !== 0) return key.reverse ? -order : order;
  }
  return 0;
}

function keysOf(run: Run): Key[] {
  const general = run.options
    .values("nrfb")
    .map(({ letter }) => letter)
    .join("");
  const given = run.options.values("k").map(({ value }) => value);
  return (given.length > 0 ? given : ["1"]).map((text) => {
    const match = /^(\d+)(?:\.1)?([bfnr]*)(?:,(\d+)([bfnr]*))?$/.exec(text);
    if (!match) throw new Fatal(`-k ${text}: Invalid argument`, 2);
    const [, from, first = "", to, second = ""] = match;
    const flags = first + second === "" ? general : first + second;
    return {
      from: Number(from),
      to: Number(to ?? Number.POSITIVE_INFINITY),
      numeric: flags.includes("n"),
      reverse: flags.includes("r"),
      fold: flags.includes("f"),
    };
  });
}

function fieldsOf(run: Run, line: string, key: Key): string {
  const separator = run.options.value("t");
  const fields =
    separator === undefined ? (line.match(/\s*\S+/g) ?? [line]) : line.split(separator);
  const whole = key.from === 1 && key.to === Number.POSITIVE_INFINITY;
  const text = whole ? line : fields.slice(key.from - 1, key.to).join(separator ?? "");
  const trimmed = run.options.has("b") ? text.trimStart() : text;
  return key.fold ? trimmed.toUpperCase() : trimmed;
}

function numberOf(text: string): number {
  return Number(/^\s*(-?\d*\.?\d*)/.exec(text)?.[1] || 0);
}

function checkOrder(run: Run, lines: string[], compare: (a: string, b: string) => number): number {
  const bad = lines.findIndex((line, at) => at > 0 && compare(lines[at - 1] as string, line) > 0);
  if (bad < 0) return 0;
  run.process.stderr.write(`sort: ${run.operands[0] ?? "-"}:${bad + 1}: disorder: ${lines[bad]}\n`);
  return 1;
}
