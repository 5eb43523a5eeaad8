/** Tokens: operators, words, the numbers before redirections; and here-documents, read at the end of their line. */
import type { Redirection, Word } from "./ast.js";
import { Input } from "./input.js";
import { type Scripts, WordParser } from "./words.js";

export type Token =
  | { readonly kind: "operator"; readonly text: string }
  | { readonly kind: "descriptor"; readonly number: number }
  | { readonly kind: "word"; readonly word: Word; readonly text: string | undefined }
  | { readonly kind: "newline" }
  | { readonly kind: "end" };

interface Document {
  readonly redirection: Redirection;
  readonly delimiter: string;
  readonly quoted: boolean;
  readonly stripTabs: boolean;
}

const BLANKS = /(?:[ \t]|\\\n)+/y;
const COMMENT = /#[^\n]*/y;
const OPERATORS = ["&&", "||", ";;", ";&", "<<-", "<<", "<&", "<>", ">&", ">>", ">|"];

export class Tokens {
  private ahead: Token | undefined;
  private readonly documents: Document[] = [];
  private readonly words: WordParser;

  constructor(
    readonly input: Input,
    private readonly scripts: Scripts,
  ) {
    this.words = new WordParser(input, scripts);
  }

  peek(): Token {
    this.ahead ??= this.read();
    return this.ahead;
  }

  next(): Token {
    const token = this.peek();
    this.ahead = undefined;
    return token;
  }

  /** Whether the next token is this operator. */
  isOperator(text: string): boolean {
    const token = this.peek();
    return token.kind === "operator" && token.text === text;
  }

  /** Remembers a here-document, to be read when the line ends. */
  expectDocument(document: Document): void {
    this.documents.push(document);
  }

  /** Whether a here-document is to be read when the line ends. */
  get expectsDocument(): boolean {
    return this.documents.length > 0;
  }

  private read(): Token {
    const { input } = this;
    this.skipBlanks();
    const character = input.peek();
    if (character === "") return { kind: "end" };
    if (character === "\n") {
      input.next();
      for (const document of this.documents.splice(0)) this.readDocument(document);
      return { kind: "newline" };
    }
    if ("&|;<>()".includes(character)) return { kind: "operator", text: this.operator(character) };
    if (/[0-9]/.test(character) && (input.peek(1) === "<" || input.peek(1) === ">")) {
      return { kind: "descriptor", number: Number(input.next()) };
    }
    const word = this.words.word();
    return { kind: "word", word, text: plainText(word) };
  }

  private skipBlanks(): void {
    const { input } = this;
    for (;;) {
      const character = input.peek();
      if (character === "#") {
        input.run(COMMENT);
        return;
      }
      if (character === "\\" && input.peek(1) !== "\n") return;
      if (character !== " " && character !== "\t" && character !== "\\") return;
      input.run(BLANKS);
    }
  }

  private operator(character: string): string {
    const { input } = this;
    const pair = character + (character === "(" || character === ")" ? "" : input.peek(1));
    let text = OPERATORS.includes(pair) ? pair : character;
    if (text === "<<" && input.peek(2) === "-") text = "<<-";
    input.position += text.length;
    return text;
  }

  private readDocument(document: Document): void {
    const lines: string[] = [];
    for (;;) {
      let line = this.input.takeLine();
      if (line === undefined) break;
      if (document.stripTabs) line = line.replace(/^\t+/, "");
      if (line === document.delimiter) break;
      lines.push(line, "\n");
    }
    const text = lines.join("");
    document.redirection.target = document.quoted
      ? [{ kind: "text", text, quoted: true }]
      : new WordParser(new Input(text, true), this.scripts).document();
  }
}

/** The text of a word without any quoting or expansion: what may be a reserved word. */
export function plainText(word: Word): string | undefined {
  const part = word[0];
  if (word.length !== 1 || part?.kind !== "text" || part.quoted) return undefined;
  return part.text;
}
