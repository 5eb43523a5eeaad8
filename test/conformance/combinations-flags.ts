/** Splits a tool's arguments as getopt(3) does. */
import { LONG_VALUES, TELLING_VALUES } from "./combinations-grammar.js";

export interface Arguments {
  /** "-r", "--libxo", "-t nullfs" where the value tells what is done: each once, in alphabetical order. */
  readonly flags: readonly string[];
  readonly operands: readonly string[];
}

/** Reads flags up to the first operand or "--"; `valued` are the letters that take a value. */
export function splitFlags(tool: string, args: readonly string[], valued: string): Arguments {
  const flags = new Set<string>();
  const telling = TELLING_VALUES[tool] ?? "";
  let at = 0;
  for (; at < args.length; at += 1) {
    const word = args[at] as string;
    if (!isFlag(tool, word)) break;
    if (word.startsWith("--")) {
      const name = word.replace(/=.*/s, "");
      flags.add(name);
      if (name === word && LONG_VALUES.has(name)) at += 1;
      continue;
    }
    // The old way to give a number of lines.
    if (/^-\d+$/.test(word) && valued.includes("n")) {
      flags.add("-n");
      continue;
    }
    const { letters, letter, value } = splitLetters(word, valued);
    for (const each of letters) flags.add(`${word[0]}${each}`);
    if (letter === undefined) continue;
    if (value === "") at += 1;
    const given = value === "" ? (args[at] ?? "") : value;
    flags.add(telling.includes(letter) ? `${word[0]}${letter} ${given}` : `${word[0]}${letter}`);
  }
  if (args[at] === "--") at += 1;
  return { flags: [...flags].sort(), operands: args.slice(at) };
}

/** Only sh(1)'s own `set` has flags that begin with "+". */
const isFlag = (tool: string, word: string): boolean =>
  word !== "--" && (/^-./s.test(word) || (tool === "set" && /^\+./s.test(word)));

/** "-Hpo" and "name" → the letters without a value, and the last one with what stands right behind it. */
function splitLetters(word: string, valued: string) {
  const letters: string[] = [];
  for (let at = 1; at < word.length; at += 1) {
    const letter = word[at] as string;
    if (valued.includes(letter)) return { letters, letter, value: word.slice(at + 1) };
    letters.push(letter);
  }
  return { letters, letter: undefined, value: "" };
}
