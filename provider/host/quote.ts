/** Quoting for POSIX shells. The only way in which a value becomes part of shell text. */

/**
 * One word that /bin/sh reads back as exactly `word`. Throws on NUL, which no argument can hold.
 */
export function quoteWord(word: string): string {
  if (word.includes("\0")) {
    throw new TypeError("an argument holds a NUL character, which no command can take");
  }
  if (/^[A-Za-z0-9_./:=@%+,-]+$/.test(word)) return word;
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/**
 * Words for the argument positions of a command line (a bare first word could be an assignment or
 * keyword).
 */
export function quoteWords(words: readonly string[]): string {
  return words.map(quoteWord).join(" ");
}
