import type { Run } from "../support/options.js";

const letters: Readonly<Record<string, string>> = {
  ...{ "\x07": "a", "\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v", "\\": "\\" },
};

/** Whether libarchive can read UTF-8 names as what they are: elsewhere they are bytes to it. */
export function knowsUtf8({ env }: Run["process"]): boolean {
  const locale = ["LC_ALL", "LC_CTYPE", "LANG"].map((name) => env.get(name)).find(Boolean);
  return locale?.endsWith(".UTF-8") === true;
}

/** A name as bsdtar prints it: what the locale cannot print is escaped, and so are backslashes. */
export const safeText = (process: Run["process"], text: string): string =>
  [...text].map((character) => safeCharacter(character, knowsUtf8(process))).join("");

function safeCharacter(character: string, utf8: boolean): string {
  const letter = letters[character];
  if (letter !== undefined) return `\\${letter}`;
  if (/[ -~]/.test(character) || (utf8 && !/[\p{C}\p{Z}]/u.test(character))) return character;
  return [...Buffer.from(character)]
    .map((byte) => `\\${byte.toString(8).padStart(3, "0")}`)
    .join("");
}
