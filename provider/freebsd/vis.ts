/** Names of files as mtree(8) and tar(1) print them: with the bytes that would not be readable, or would mislead, escaped. */

/** Letters of vis(3) with VIS_CSTYLE. */
const letters: Readonly<Record<string, string>> = {
  ...{ n: "\n", r: "\r", b: "\b", a: "\x07", v: "\v", t: "\t", f: "\f", s: " ", "0": "\0" },
};

/** The bytes, one a character, of a word that vis(3) wrote: each name has one form then, so that names compare. */
export function decodeVis(word: string): string {
  const escapes = /\\M\^([\s\S])|\\M-([\s\S])|\\\^([\s\S])|\\([0-3][0-7]{2})|\\([\s\S])/g;
  return word.replace(escapes, (_, metaControl, meta, control, octal, other) => {
    if (metaControl !== undefined) return character((codeOf(metaControl) ^ 0x40) | 0x80);
    if (meta !== undefined) return character(codeOf(meta) | 0x80);
    if (control !== undefined) return character(codeOf(control) ^ 0x40);
    if (octal !== undefined) return character(Number.parseInt(octal, 8));
    return letters[other] ?? other;
  });
}

/** The same of a name in a listing of bsdtar (`safe_fprintf` of its util.c). */
export const decodeListed = (text: string): string =>
  Buffer.from(text, "utf8")
    .toString("latin1")
    .replace(/\\([0-3][0-7]{2})|\\([\s\S])/g, (_, octal, other) =>
      octal === undefined ? (letters[other] ?? other) : character(Number.parseInt(octal, 8)),
    );

/**
 * Whether a word is one that vis(3) writes. Others mean one thing to unvis(1) and another to us: it takes one or two
 * octal digits, hexadecimal ones, and escapes that stand for nothing.
 */
export const isVis = (word: string): boolean =>
  /^(?:[!-[\]-~]|\\M[-^][!-~]|\\\^[?-_]|\\[0-3][0-7]{2}|\\[nrbavtfs\\#*?[])*$/.test(word);

const character = (code: number): string => String.fromCharCode(code);
const codeOf = (text: string): number => text.charCodeAt(0);
