/** The grammar of the shell: makes a tree of the text of one complete command after the other. */
import type { Node, Redirection } from "./ast.js";
import { parseRedirection, parseSimple, REDIRECTIONS } from "./commands.js";
import { parseCompound } from "./compounds.js";
import { type Input, SyntaxFault } from "./input.js";
import { type Token, Tokens } from "./tokens.js";
import type { Scripts } from "./words.js";

const RESERVED = new Set("! { } if then elif else fi while until do done for case esac".split(" "));

const scripts: Scripts = {
  parseUntilParenthesis(input) {
    const parser = new Parser(input);
    const script = parser.compoundList([")"], true);
    parser.expectOperator(")");
    return script;
  },
  parseAll(input) {
    return new Parser(input).compoundList([], true);
  },
};

/**
 * The next complete command: all of a compound one, up to the end of its line. Null at the end of the text. Throws
 * `NeedMore` when the text ends before the command does, and `SyntaxFault`.
 */
export function parseCommand(input: Input): Node | null {
  return new Parser(input).command();
}

export class Parser {
  readonly tokens: Tokens;

  constructor(private readonly input: Input) {
    this.tokens = new Tokens(input, scripts);
  }

  command(): Node | null {
    while (this.tokens.peek().kind === "newline") this.tokens.next();
    if (this.tokens.peek().kind === "end") return null;
    const items: Node[] = [];
    for (;;) {
      const { node, separated } = this.item();
      items.push(node);
      const token = this.tokens.peek();
      if (token.kind === "newline" || token.kind === "end") {
        this.tokens.next();
        return listOf(items);
      }
      if (!separated) throw this.unexpected();
    }
  }

  /** Commands up to one of the ending words, which stays. */
  compoundList(ends: readonly string[], mayBeEmpty = false): Node | undefined {
    const items: Node[] = [];
    for (;;) {
      this.skipNewlines();
      const token = this.tokens.peek();
      if (this.endsHere(token, ends)) break;
      const { node, separated } = this.item();
      items.push(node);
      const following = this.tokens.peek();
      if (this.endsHere(following, ends)) break;
      if (!separated && following.kind !== "newline") throw this.unexpected(ends[0]);
    }
    if (items.length === 0 && !mayBeEmpty) throw this.unexpected();
    return items.length === 0 ? undefined : listOf(items);
  }

  expectOperator(text: string): void {
    if (!this.tokens.isOperator(text)) throw this.unexpected(text);
    this.tokens.next();
  }

  private endsHere(token: Token, ends: readonly string[]): boolean {
    if (token.kind === "end") {
      if (ends.length > 0) throw this.unexpected(ends[0]);
      return true;
    }
    if (token.kind === "operator") return ends.includes(token.text);
    return token.kind === "word" && token.text !== undefined && ends.includes(token.text);
  }

  /** An and-or list, and the ";" or "&" after it. */
  private item(): { node: Node; separated: boolean } {
    const node = this.andOr();
    if (this.tokens.isOperator("&")) {
      this.tokens.next();
      return { node: { kind: "background", body: node }, separated: true };
    }
    const separated = this.tokens.isOperator(";");
    if (separated) this.tokens.next();
    return { node, separated };
  }

  private andOr(): Node {
    let left = this.pipeline();
    for (;;) {
      const kind = this.tokens.isOperator("&&") ? "and" : this.tokens.isOperator("||") ? "or" : "";
      if (kind === "") return left;
      this.tokens.next();
      this.skipNewlines();
      left = { kind, left, right: this.pipeline() };
    }
  }

  private pipeline(): Node {
    let negated = false;
    while (this.reserved() === "!") {
      this.tokens.next();
      negated = !negated;
    }
    const elements = [this.simpleOrCompound()];
    while (this.tokens.isOperator("|")) {
      this.tokens.next();
      this.skipNewlines();
      elements.push(this.simpleOrCompound());
    }
    const body: Node =
      elements.length === 1 ? (elements[0] as Node) : { kind: "pipeline", elements };
    return negated ? { kind: "not", body } : body;
  }

  simpleOrCompound(): Node {
    const body = parseCompound(this);
    if (body === undefined) return parseSimple(this);
    const redirections: Redirection[] = [];
    while (parseRedirection(this, redirections));
    return redirections.length === 0 ? body : { kind: "redirected", body, redirections };
  }

  /**
   * Where a group begins that is the text of `known`, and its line ends behind it: goes on behind it. What is between the
   * braces means the same wherever it stands.
   */
  skip(known: string): boolean {
    const start = this.groupStart();
    if (start === undefined || !this.input.holds(`${known}\n`, start)) return false;
    this.tokens.next();
    this.input.position = start + known.length;
    return true;
  }

  /** Where the text of a group begins, if one comes next; the brace has been read ahead. */
  groupStart(): number | undefined {
    return this.reserved() === "{" && !this.tokens.expectsDocument
      ? this.input.position
      : undefined;
  }

  /** The text from `start` to the brace at the end of the last line, if that is where the parser is. */
  groupSince(start: number): string | undefined {
    if (this.tokens.peek().kind !== "newline") return undefined;
    const text = this.input.text.slice(start, this.input.position - 1);
    return text.endsWith("}") ? text : undefined;
  }

  /** A list and the reserved word after it. */
  bodyUntil(end: string): Node {
    const body = this.compoundList([end]) as Node;
    this.tokens.next();
    return body;
  }

  skipNewlines(): void {
    while (this.tokens.peek().kind === "newline") this.tokens.next();
  }

  wordText(): string | undefined {
    const token = this.tokens.peek();
    return token.kind === "word" ? token.text : undefined;
  }

  reserved(): string | undefined {
    const text = this.wordText();
    return text !== undefined && RESERVED.has(text) ? text : undefined;
  }

  unexpected(expected?: string, token = this.tokens.peek()): SyntaxFault {
    const wanted = expected === undefined ? "" : ` (expecting ${nameOf(expected)})`;
    return this.fault(`${describe(token)} unexpected${wanted}`);
  }

  fault(message: string): SyntaxFault {
    return new SyntaxFault(message, this.input.line);
  }
}

function describe(token: Token): string {
  switch (token.kind) {
    case "end":
      return "end of file";
    case "newline":
      return "newline";
    case "descriptor":
      return "redirection";
    case "operator":
      return REDIRECTIONS.has(token.text) ? "redirection" : `"${token.text}"`;
    case "word":
      return token.text !== undefined && RESERVED.has(token.text) ? `"${token.text}"` : "word";
  }
}

function nameOf(expected: string): string {
  return expected === "word" ? "word" : `"${expected}"`;
}

function listOf(items: Node[]): Node {
  return items.length === 1 ? (items[0] as Node) : { kind: "list", items };
}
