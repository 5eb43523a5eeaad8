/** The words and marks of jail.conf(5). */

/** A part of a string: text, or a variable that is put in later. */
export type Piece = { readonly text: string } | { readonly variable: string };

export interface Token {
  readonly kind: "word" | "mark" | "end";
  /** As written, for messages. */
  readonly raw: string;
  readonly line: number;
  readonly pieces: readonly Piece[];
}

/** An error in a file; the text is what jail(8) prints after "jail: ". */
export class ConfigError extends Error {}

const blank = /[ \t\r\n]+|#[^\n]*|\/\/[^\n]*|\/\*.*?\*\//sy;
const mark = /\+=|[,;={}]/y;
const atom = /[A-Za-z0-9_!%&()\-.:<>?@[\]^`|~]+|[*+/]/y;
const escaped = /\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)/sy;
const single = /'((?:[^'\\]|\\.)*)'/sy;
const double = /"((?:[^"\\]|\\.)*)"/sy;
const variable = /\$(?:([A-Za-z_][A-Za-z_0-9]*)|\{([^\n{}]*)\})/y;

/** Splits the text of a file into tokens; `file` is named in messages. */
export function lex(text: string, file: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let line = 1;
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) return null;
    at += match[0].length;
    line += match[0].split("\n").length - 1;
    return match;
  };
  while (at < text.length) {
    if (take(blank)) continue;
    const begin = { at, line };
    const marked = take(mark);
    if (marked) {
      tokens.push({ kind: "mark", raw: marked[0], line: begin.line, pieces: [] });
      continue;
    }
    const pieces = takeWord(take);
    if (at === begin.at)
      throw new ConfigError(`${file} line ${line}: ${complaint(text[at] ?? "")}`);
    const raw = text.slice(begin.at, at);
    tokens.push({ kind: "word", raw, line, pieces });
  }
  tokens.push({ kind: "end", raw: "", line, pieces: [] });
  return tokens;
}

function complaint(character: string): string {
  if (character === "'" || character === '"') return "unterminated string";
  if (character === "$") return "unterminated variable";
  return `${character}: syntax error`;
}

/** Pieces without a blank between them are one word. */
function takeWord(take: (pattern: RegExp) => RegExpExecArray | null): Piece[] {
  const pieces: Piece[] = [];
  for (;;) {
    const plain = take(atom) ?? take(escaped);
    if (plain) {
      pieces.push({ text: withoutEscapes(plain[0]) });
      continue;
    }
    const name = take(variable);
    if (name) {
      pieces.push({ variable: name[1] ?? name[2] ?? "" });
      continue;
    }
    const literal = take(single);
    if (literal) {
      pieces.push({ text: withoutEscapes(literal[1] ?? "") });
      continue;
    }
    const quoted = take(double);
    if (!quoted) return pieces;
    pieces.push(...interpolated(quoted[1] ?? ""));
  }
}

/** Variables are put into double quotes, never into single ones. */
function interpolated(text: string): Piece[] {
  const pieces: Piece[] = [{ text: "" }];
  const part = /\\(?:[0-7]{1,3}|x[0-9A-Fa-f]{1,2}|.)|\$(?:([A-Za-z_]\w*)|\{([^\n"{}]*)\})|./gs;
  for (const match of text.matchAll(part)) {
    const name = match[1] ?? match[2];
    pieces.push(name === undefined ? { text: withoutEscapes(match[0]) } : { variable: name });
  }
  return pieces;
}

const letters: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};

function withoutEscapes(text: string): string {
  return text.replace(/\\([0-7]{1,3}|x[0-9A-Fa-f]{0,2}|.)/gs, (_, code: string) => {
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 255);
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return letters[code] ?? code;
  });
}
