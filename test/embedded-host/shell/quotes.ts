/** Quoted text that has a grammar of its own: '…', $'…' and `…`. */
import { type Input, SyntaxFault } from "./input.js";

const SIMPLE: Record<string, string> = {
  a: "\x07",
  b: "\b",
  e: "\x1b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** The error of a quote without its end. */
export function unterminated(input: Input): SyntaxFault {
  return new SyntaxFault("Unterminated quoted string", input.line);
}

/** The text up to the closing single quote. */
export function readUntilQuote(input: Input): string {
  const at = input.text.indexOf("'", input.position);
  if (at < 0) {
    if (input.final) throw unterminated(input);
    input.position = input.text.length;
    // Looking beyond the end asks for more text.
    input.peek();
  }
  const text = input.text.slice(input.position, at);
  input.position = at + 1;
  return text;
}

/** The text up to the closing backquote, without the backslashes that only protect it there. */
export function readBackquoted(input: Input, quoted: boolean): string {
  const text: string[] = [];
  for (;;) {
    const character = input.next();
    if (character === "") throw new SyntaxFault("EOF in backquote substitution", input.line);
    if (character === "`") return text.join("");
    const following = character === "\\" ? input.peek() : "";
    const escaped = following !== "" && (quoted ? '\\$`"' : "\\$`").includes(following);
    text.push(escaped ? input.next() : character);
  }
}

/** $'…' with the escapes of C. */
export function readDollarQuoted(input: Input): string {
  const text: string[] = [];
  for (;;) {
    const character = input.next();
    if (character === "") throw unterminated(input);
    if (character === "'") return text.join("");
    text.push(character === "\\" ? escapeOfC(input) : character);
  }
}

function escapeOfC(input: Input): string {
  const character = input.next();
  const simple = SIMPLE[character];
  if (simple !== undefined) return simple;
  if (character === "x") {
    return String.fromCharCode(Number.parseInt(input.run(/[0-9a-f]{1,2}/iy), 16));
  }
  if (/[0-7]/.test(character)) {
    const code = Number.parseInt(character + input.run(/[0-7]{0,2}/y), 8);
    return String.fromCharCode(code & 0xff);
  }
  return character;
}
