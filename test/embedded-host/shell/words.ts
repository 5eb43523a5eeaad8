/** Words: quoting, parameters, substitutions. */
import type { Node, Part, Word } from "./ast.js";
import { Input, SyntaxFault } from "./input.js";
import { plainParameter, readBracedName, readName, readOperator } from "./names.js";
import { Parts } from "./parts.js";
import { readBackquoted, readDollarQuoted, readUntilQuote, unterminated } from "./quotes.js";

const PLAIN_UNQUOTED = /[^\s|&;<>()'"\\$`{}]+/y;
const PLAIN_QUOTED = /[^"\\$`}]+/y;
const PLAIN_DOCUMENT = /[^\\$`]+/y;

/** Parses a whole script, or up to the ")" of a command substitution: given by the parser. */
export interface Scripts {
  parseUntilParenthesis(input: Input): Node | undefined;
  parseAll(input: Input): Node | undefined;
}

export class WordParser {
  constructor(
    private readonly input: Input,
    private readonly scripts: Scripts,
  ) {}

  /** A word of a command: up to a blank or an operator. */
  word(): Word {
    const parts = new Parts();
    for (;;) {
      const plain = this.input.run(PLAIN_UNQUOTED);
      if (plain !== "") parts.add(plain, false);
      const character = this.input.peek();
      if (character === "{" || character === "}") {
        parts.add(this.input.next(), false);
      } else if (character === "" || " \t\n|&;<>()".includes(character)) {
        return parts.done();
      } else if (!this.special(parts, false)) {
        // Other white space (a carriage return, a form feed) is part of a word.
        parts.add(this.input.next(), false);
      }
    }
  }

  /** The content of an unquoted here-document. */
  document(): Word {
    const parts = new Parts();
    for (;;) {
      const plain = this.input.run(PLAIN_DOCUMENT);
      if (plain !== "") parts.add(plain, true);
      const character = this.input.peek();
      if (character === "") return parts.done();
      if (character === "\\") this.escapeInQuotes(parts, "$`\\");
      else this.expansion(parts, true);
    }
  }

  /** Quotes, escapes and expansions outside of double quotes. */
  private special(parts: Parts, inBrace: boolean): boolean {
    const { input } = this;
    switch (input.peek()) {
      case "\\":
        input.next();
        if (input.peek() === "\n") input.next();
        else parts.add(input.next() || "\\", true);
        return true;
      case "'":
        input.next();
        parts.add(readUntilQuote(input), true);
        return true;
      case '"':
        input.next();
        this.doubleQuoted(parts, '"');
        input.next();
        return true;
      case "$":
        if (input.peek(1) === "'" && !inBrace) {
          input.position += 2;
          parts.add(readDollarQuoted(input), true);
          return true;
        }
        this.expansion(parts, false);
        return true;
      case "`":
        this.expansion(parts, false);
        return true;
      default:
        return false;
    }
  }

  /** Text in double quotes up to the closing character, which stays. */
  private doubleQuoted(parts: Parts, end: '"' | "}"): void {
    const { input } = this;
    let empty = true;
    for (;;) {
      const plain = input.run(PLAIN_QUOTED);
      if (plain !== "") parts.add(plain, true);
      const character = input.peek();
      if (character === end) break;
      if (character === "") throw unterminated(input);
      if (character === "\\") this.escapeInQuotes(parts, end === "}" ? '$`"\\}' : '$`"\\');
      else if (character === "}") parts.add(input.next(), true);
      else if (character === '"') {
        input.next();
        this.doubleQuoted(parts, '"');
        input.next();
      } else this.expansion(parts, true);
      empty = false;
    }
    if (empty && end === '"') parts.add("", true);
  }

  private escapeInQuotes(parts: Parts, escapable: string): void {
    const { input } = this;
    input.next();
    const character = input.peek();
    if (character === "\n") input.next();
    else if (character !== "" && escapable.includes(character)) parts.add(input.next(), true);
    else parts.add("\\", true);
  }

  /** "$…" or "`…`": adds the part that it stands for. */
  private expansion(parts: Parts, quoted: boolean): void {
    const { input } = this;
    if (input.next() === "`") {
      const script = this.scripts.parseAll(new Input(readBackquoted(input, quoted), true));
      parts.push({ kind: "command", script, quoted });
      return;
    }
    const character = input.peek();
    if (character === "(") {
      input.next();
      if (input.peek() === "(") parts.push(this.arithmetic(quoted));
      else
        parts.push({ kind: "command", script: this.scripts.parseUntilParenthesis(input), quoted });
    } else if (character === "{") {
      input.next();
      parts.push(this.braced(quoted));
    } else {
      const name = readName(input);
      if (name === "") parts.add("$", quoted);
      else parts.push(plainParameter(name, quoted));
    }
  }

  private braced(quoted: boolean): Part {
    const { input } = this;
    if (input.peek() === "#" && input.peek(1) !== "}") {
      const start = input.position;
      input.next();
      const name = readBracedName(input);
      if (name !== "" && input.peek() === "}") {
        input.next();
        return { kind: "parameter", name, operator: "length", colon: false, word: [], quoted };
      }
      input.position = start;
    }
    const name = readBracedName(input);
    if (input.peek() === "}" && name !== "") {
      input.next();
      return plainParameter(name, quoted);
    }
    return this.withOperator(name, quoted);
  }

  private withOperator(name: string, quoted: boolean): Part {
    const { colon, operator: found } = readOperator(this.input);
    const operator = name === "" ? "bad" : found;
    const pattern = operator.startsWith("%") || operator.startsWith("#");
    const word = this.braceWord(quoted && !pattern);
    return { kind: "parameter", name, operator, colon, word, quoted };
  }

  /** The word in ${x-word}, up to the closing brace. */
  private braceWord(quoted: boolean): Word {
    const parts = new Parts();
    const { input } = this;
    if (quoted) {
      this.doubleQuoted(parts, "}");
      input.next();
      return parts.done();
    }
    for (;;) {
      const character = input.peek();
      if (character === "}") {
        input.next();
        return parts.done();
      }
      if (character === "") throw new SyntaxFault('Missing "}"', input.line);
      if (!this.special(parts, true)) parts.add(input.next(), false);
    }
  }

  /** $((…)): the text is expanded as in double quotes and then computed. */
  private arithmetic(quoted: boolean): Part {
    const { input } = this;
    input.next();
    const parts = new Parts();
    for (let depth = 0; ; ) {
      const character = input.peek();
      if (character === "") throw new SyntaxFault("Missing '))'", input.line);
      if (character === ")" && depth === 0) {
        if (input.peek(1) !== ")") throw new SyntaxFault("Missing '))'", input.line);
        input.position += 2;
        return { kind: "arithmetic", word: parts.done(), quoted };
      }
      if (character === "$" || character === "`") this.expansion(parts, true);
      else if (character === "\\") this.escapeInQuotes(parts, "$`\\");
      else {
        if (character === "(") depth += 1;
        if (character === ")") depth -= 1;
        if (character === '"') input.next();
        else parts.add(input.next(), true);
      }
    }
  }
}
