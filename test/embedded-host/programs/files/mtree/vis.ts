/** How vis(3) with VIS_CSTYLE writes characters that have a letter of their own. */
const LETTERS: Record<string, string> = {
  "\n": "n",
  "\r": "r",
  "\b": "b",
  "\x07": "a",
  "\v": "v",
  "\t": "t",
  "\f": "f",
  " ": "s",
  "\0": "0",
};
/** Characters that mean something in a specification. */
const EXTRA = "\\#*?[";

/** A name as mtree(8) writes it: one word of printable ASCII, whatever is in it. */
export function encodeName(name: string): string {
  return [...Buffer.from(name).toString("latin1")].map(encodeByte).join("");
}

function encodeByte(byte: string): string {
  if (LETTERS[byte] !== undefined) return `\\${LETTERS[byte]}`;
  if (EXTRA.includes(byte)) return `\\${byte}`;
  const code = byte.charCodeAt(0);
  if (code > 0x20 && code < 0x7f) return byte;
  const low = code & 0x7f;
  const meta = code > 0x7f ? "\\M" : "\\";
  if (low < 0x20 || low === 0x7f) return `${meta}^${String.fromCharCode(low ^ 0x40)}`;
  if (low === 0x20) return "\\240";
  return `${meta}-${String.fromCharCode(low)}`;
}

/** What `encodeName` made a word of. */
export function decodeName(word: string): string {
  const pattern = /\\M\^(.)|\\M-(.)|\\\^(.)|\\([0-3][0-7]{2})|\\(.)/g;
  const bytes = word.replace(pattern, (_, metaControl, meta, control, octal, other) => {
    const char = String.fromCharCode;
    const code = (letter: string) => letter.charCodeAt(0);
    if (metaControl) return char((code(metaControl) ^ 0x40) | 0x80);
    if (meta) return char(code(meta) | 0x80);
    if (control) return char(code(control) ^ 0x40);
    if (octal) return char(Number.parseInt(octal, 8));
    return Object.keys(LETTERS).find((key) => LETTERS[key] === other) ?? other;
  });
  return Buffer.from(bytes, "latin1").toString();
}
