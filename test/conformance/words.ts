/** Which shell lines are nothing but the words of one command: those that need no shell. */
import type { Command } from "../../provider/freebsd/command.js";

/** A word of plain characters and simple quotes; inside double quotes nothing that a shell would expand. */
const WORD = /(?:[A-Za-z0-9_./:=@%+,^-]|'[^'\n]*'|"[^"$`\\\n]*")+/y;

/** What a shell does itself, or does better than the tool of that name. */
const BUILTINS = new Set([
  ..."cd umask set ulimit exec trap command time wait eval export unset read exit . :".split(" "),
]);

/** The words of a simple command; undefined when a shell has to read the line. */
export function wordsOf(line: string): Command["argv"] | undefined {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    WORD.lastIndex = at;
    const word = WORD.exec(line)?.[0];
    if (word === undefined) return undefined;
    words.push(unquote(word));
    at += word.length;
    const gap = /^ +/.exec(line.slice(at))?.[0].length ?? 0;
    if (gap === 0 && at < line.length) return undefined;
    at += gap;
  }
  const [tool, ...rest] = words;
  if (tool === undefined || tool.includes("=") || BUILTINS.has(tool)) return undefined;
  return [tool, ...rest];
}

function unquote(word: string): string {
  return word.replace(/'([^']*)'|"([^"]*)"/g, (_, single?: string, double?: string) => {
    return single ?? double ?? "";
  });
}
