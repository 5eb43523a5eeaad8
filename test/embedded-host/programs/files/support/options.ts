import type { Process, Program } from "../../../contract.js";
import { FsError } from "../../../contract.js";
import { strerror } from "../../../kernel/errors.js";
import { MemoryFileSystem } from "../../../kernel/files.js";

/** How a tool of the base system reads its options and complains about them. */
export interface ToolSpec {
  /** Letters of getopt(3): a colon after those that take a value. */
  options: string;
  /** Lines after "usage: ". */
  usage: string[];
  /** Exit status of a usage error. */
  usageStatus: number;
  /** Rewrites words that getopt(3) would read otherwise than the tool does. */
  words?(words: readonly string[]): readonly string[];
}

/** A tool at work. */
export interface Run {
  readonly process: Process;
  readonly files: MemoryFileSystem;
  /** The name it was called by, as error messages show it. */
  readonly name: string;
  readonly options: Options;
  readonly operands: string[];
}

/** Thrown by a tool when its operands make no sense. */
export class UsageError extends Error {}

/** Thrown by a tool to end with a message "tool: text". */
export class Fatal extends Error {
  constructor(
    text: string,
    readonly status = 1,
  ) {
    super(text);
  }
}

/** Options in the order they were given. */
export class Options {
  constructor(private readonly given: readonly { letter: string; value: string }[]) {}

  has(letter: string): boolean {
    return this.given.some((option) => option.letter === letter);
  }

  /** The last value given for an option. */
  value(letter: string): string | undefined {
    return this.given.findLast((option) => option.letter === letter)?.value;
  }

  /** All values given for options of these letters, in order. */
  values(letters: string): { letter: string; value: string }[] {
    return this.given.filter((option) => letters.includes(option.letter));
  }

  /** Which of several letters that exclude each other came last. */
  last(letters: string): string | undefined {
    return this.given.findLast((option) => letters.includes(option.letter))?.letter;
  }
}

/** Makes a program of a tool that reads its options as getopt(3) does. */
export function tool(spec: ToolSpec, main: (run: Run) => number | Promise<number>): Program {
  return async (process) => {
    const name = baseName(process.argv[0] ?? "");
    try {
      const { given, operands } = parseOptions(
        spec.words?.(process.argv.slice(1)) ?? process.argv.slice(1),
        spec.options,
      );
      const files = memoryFiles(process);
      return await main({ process, files, name, options: new Options(given), operands });
    } catch (error) {
      if (error instanceof UsageError) return usage(process, name, spec, error.message);
      if (!(error instanceof Fatal)) throw error;
      process.stderr.write(`${name}: ${error.message}\n`);
      return error.status;
    }
  };
}

/** The files of the machine, with what only this implementation knows of them. */
export function memoryFiles(process: Process): MemoryFileSystem {
  const { files } = process.machine;
  if (files instanceof MemoryFileSystem) return files;
  throw new TypeError("the machine's file system was not made by createFileSystem");
}

/** Last component of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function usage(process: Process, name: string, spec: ToolSpec, message: string): number {
  const complaint = message === "" ? "" : `${name}: ${message}\n`;
  const lines = spec.usage.map((line, index) => `${index === 0 ? "usage: " : "       "}${line}\n`);
  process.stderr.write(complaint + lines.join(""));
  return spec.usageStatus;
}

/** getopt(3) of BSD: options end at the first operand. */
export function parseOptions(
  words: readonly string[],
  letters: string,
): { given: { letter: string; value: string }[]; operands: string[] } {
  const given: { letter: string; value: string }[] = [];
  let index = 0;
  for (; index < words.length; index += 1) {
    const word = words[index] as string;
    if (word === "--") return { given, operands: words.slice(index + 1) };
    if (!word.startsWith("-") || word === "-") break;
    index += parseWord(word, words[index + 1], letters, given);
  }
  return { given, operands: words.slice(index) };
}

/** Reads the letters of one word; returns how many further words they took as values. */
function parseWord(
  word: string,
  next: string | undefined,
  letters: string,
  given: { letter: string; value: string }[],
): number {
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] as string;
    const place = letter === ":" ? -1 : letters.indexOf(letter);
    if (place < 0) throw new UsageError(`illegal option -- ${letter}`);
    if (letters[place + 1] !== ":") {
      given.push({ letter, value: "" });
      continue;
    }
    const rest = word.slice(at + 1);
    const value = rest === "" ? next : rest;
    if (value === undefined) throw new UsageError(`option requires an argument -- ${letter}`);
    given.push({ letter, value });
    return rest === "" ? 1 : 0;
  }
  return 0;
}

/** Prints "tool: path: reason" for an error of a system call and returns 1; other errors go on. */
export function warn(run: Run, path: string, error: unknown): number {
  if (!(error instanceof FsError)) throw error;
  run.process.stderr.write(`${run.name}: ${path}: ${strerror(error.code)}\n`);
  return 1;
}

/** Runs `step` for each operand; an error of a system call is reported and the rest goes on. */
export async function forEachOperand(
  run: Run,
  step: (path: string) => number | undefined | Promise<number | undefined>,
): Promise<number> {
  let status = 0;
  for (const path of run.operands) {
    try {
      status = Math.max(status, (await step(path)) ?? 0);
    } catch (error) {
      status = Math.max(status, warn(run, path, error));
    }
  }
  return status;
}
