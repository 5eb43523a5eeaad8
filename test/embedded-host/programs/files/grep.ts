import { FsError } from "../../contract.js";
import { readInput } from "./support/input.js";
import { Fatal, type Run, tool, UsageError, warn } from "./support/options.js";
import { BadPattern, literalRegExp, posixRegExp } from "./support/regex.js";
import { bytesOf, linesOf, rawText } from "./support/text.js";
import { traverse } from "./support/traverse.js";

/** grep(1): 0 when a line was selected, 1 when none was, 2 after an error. */
export const grep = tool(
  {
    options: "EFGHLRace:f:hilm:noqrsvwx",
    usage: [
      "grep [-abcdDEFGHhIiLlmnOopqRSsUVvwxz] [-A num] [-B num] [-C[num]]",
      "\t[-e pattern] [-f file] [--binary-files=value] [--color=when]",
      "\t[--context[=num]] [--directories=action] [--label] [--line-buffered]",
      "\t[--null] [pattern] [file ...]",
    ],
    usageStatus: 2,
  },
  async (run) => {
    const patterns = await patternsOf(run);
    // An empty file of patterns selects nothing, and nothing with -v either.
    if (patterns.length === 0) return 1;
    const search = new Search(run, compile(run, patterns));
    return await search.everything();
  },
);

async function patternsOf(run: Run): Promise<string[]> {
  const given = run.options.values("ef");
  if (given.length === 0) {
    const operand = run.operands.shift();
    if (operand === undefined) throw new UsageError();
    return operand.split("\n").map(rawText);
  }
  const patterns: string[] = [];
  for (const { letter, value } of given) {
    if (letter === "e") patterns.push(...value.split("\n").map(rawText));
    else patterns.push(...linesOf(await readInput(run, value)));
  }
  return patterns;
}

function compile(run: Run, patterns: string[]): RegExp[] {
  const { options } = run;
  const flags = `g${options.has("i") ? "i" : ""}`;
  const whole = options.has("x");
  const word = options.has("w");
  const kind = options.last("EFG") ?? "G";
  try {
    return patterns.map((pattern) => {
      const fixed = kind === "F" || run.name === "fgrep";
      const text = fixed ? literalRegExp(pattern) : pattern;
      const extended = fixed || kind === "E" || run.name === "egrep";
      return posixRegExp(text, { extended, flags, whole, word });
    });
  } catch (error) {
    if (error instanceof BadPattern) throw new Fatal(error.message, 2);
    throw error;
  }
}

class Search {
  private selected = false;
  private failed = false;

  constructor(
    private readonly run: Run,
    private readonly patterns: RegExp[],
  ) {}

  async everything(): Promise<number> {
    const { run } = this;
    const recursive = run.options.has("r") || run.options.has("R");
    const operands = run.operands.length > 0 ? run.operands : [recursive ? "." : "-"];
    const files = recursive ? operands.flatMap((path) => this.below(path)) : operands;
    const named = (files.length > 1 || recursive) && !run.options.has("h");
    for (const file of files) {
      await this.file(file, named || run.options.has("H"));
      if (this.selected && run.options.has("q")) return 0;
    }
    return this.failed ? 2 : this.selected ? 0 : 1;
  }

  private below(path: string): string[] {
    const onError = (at: string, error: FsError) => this.fail(at, error);
    return [...traverse(this.run, path, { followOperand: true, onError })]
      .filter(({ stat }) => stat.type === "file")
      .map((visit) => visit.path);
  }

  private async file(path: string, named: boolean): Promise<void> {
    try {
      const data = await readInput(this.run, path);
      this.report(path === "-" ? "(standard input)" : path, data, named);
    } catch (error) {
      this.fail(path, error);
    }
  }

  private fail(path: string, error: unknown): void {
    this.failed = true;
    if (!this.run.options.has("s")) warn(this.run, path, error);
    else if (!(error instanceof FsError)) throw error;
  }

  private report(path: string, data: Buffer, named: boolean): void {
    const { options, process } = this.run;
    const lines = this.select(linesOf(data));
    if (lines.length > 0) this.selected = true;
    const prefix = named ? `${path}:` : "";
    if (options.has("q")) return;
    if (options.has("c")) process.stdout.write(`${prefix}${lines.length}\n`);
    if (options.has(lines.length > 0 ? "l" : "L")) process.stdout.write(`${path}\n`);
    if (["c", "l", "L"].some((letter) => options.has(letter)) || lines.length === 0) return;
    if (data.includes(0) && !options.has("a")) {
      process.stdout.write(`Binary file ${path} matches\n`);
      return;
    }
    const text = lines.map(([number, line]) => this.line(prefix, number, line)).join("");
    process.stdout.write(bytesOf(text));
  }

  private select(lines: string[]): [number, string][] {
    const { options } = this.run;
    const most = Number(options.value("m") ?? Number.POSITIVE_INFINITY);
    const numbered = lines.map((line, index) => [index + 1, line] as [number, string]);
    return numbered
      .filter(([, line]) => this.patterns.some((one) => line.search(one) >= 0) !== options.has("v"))
      .slice(0, most);
  }

  private line(prefix: string, number: number, line: string): string {
    const { options } = this.run;
    const before = prefix + (options.has("n") ? `${number}:` : "");
    if (!options.has("o")) return `${before}${line}\n`;
    const parts = this.patterns.flatMap((one) => [...line.matchAll(one)].map(([text]) => text));
    return parts
      .filter((part) => part !== "")
      .map((part) => `${before}${part}\n`)
      .join("");
  }
}
