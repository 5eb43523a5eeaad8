/** What is not well-formed is an error, never a wrong value: recorded text with accidents in it. */
import fc from "fast-check";
import { expect } from "vitest";
import type { CommandResult } from "../../../provider/freebsd/command.js";

export const printed = (stdout: string): CommandResult => ({ status: 0, stdout, stderr: "" });

/** The text with characters or lines missing, added or repeated, or cut short. */
export function damaged(text: string): fc.Arbitrary<string> {
  const place = fc.nat({ max: text.length });
  const piece = fc.constantFrom(
    ..."0 aZ/:.,%@-\"'\n\t\0é",
    "%",
    " --> ",
    "\n\n",
    "\ninet 1.2.3.4/8",
  );
  const lines = text.split("\n");
  const line = fc.nat({ max: lines.length - 1 });
  return fc.oneof(
    place.map((at) => text.slice(0, at)),
    fc
      .tuple(place, fc.integer({ min: 1, max: 20 }))
      .map(([at, length]) => text.slice(0, at) + text.slice(at + length)),
    fc.tuple(place, piece).map(([at, added]) => text.slice(0, at) + added + text.slice(at)),
    fc.tuple(place, piece).map(([at, other]) => text.slice(0, at) + other + text.slice(at + 1)),
    line.map((at) => lines.toSpliced(at, 1).join("\n")),
    line.map((at) => lines.toSpliced(at, 0, lines[at]!).join("\n")),
  );
}

export interface Reader {
  /** Text that is well-formed. */
  readonly texts: readonly string[];
  /** Reads a text and prints the value as the tool would, in what order does not matter. */
  readonly read: (text: string) => readonly string[];
  /** What of a text is read, taken from it in the simplest way. */
  readonly said: (text: string) => readonly string[];
  /** How an error begins. */
  readonly error: RegExp;
}

/** Of damaged text, `read` makes an error that tells what was not understood, or just what the text says. */
export function expectNeverWrong({ texts, read, said, error }: Reader): void {
  expect(texts.length).toBeGreaterThan(0);
  let refused = 0;
  const check = (text: string) => {
    const value = outcome(() => read(text));
    if (value instanceof Error) {
      refused++;
      expect(value.message).toMatch(error);
    } else expect([...new Set(value)].sort()).toEqual([...new Set(said(text))].sort());
  };
  for (const text of texts) {
    check(text);
    fc.assert(fc.property(damaged(text), check), { numRuns: Math.ceil(1500 / texts.length) });
  }
  expect(refused).toBeGreaterThan(100);
}

function outcome<T>(run: () => T): T | Error {
  try {
    return run();
  } catch (error) {
    return error as Error;
  }
}

/** Lines of a text, without the empty ones. */
export const linesIn = (text: string): string[] => text.split("\n").filter((line) => line !== "");
