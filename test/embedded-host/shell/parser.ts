/** The grammar of the shell: makes a tree of the text of one complete command after the other. */
import type { Assignment, Node, Redirection, Simple, Word } from "./ast.js";
import { parseCompound } from "./compounds.js";
import { type Input, SyntaxFault } from "./input.js";
import { type Token, Tokens } from "./tokens.js";
import type { Scripts } from "./words.js";

const RESERVED = new Set("! { } if then elif else fi while until do done for case esac".split(" "));
const REDIRECTIONS = new Set(["<", ">", ">>", ">|", "<>", "<&", ">&", "<<", "<<-"]);

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

  private simpleOrCompound(): Node {
    const body = parseCompound(this);
    if (body === undefined) return this.simple();
    const redirections: Redirection[] = [];
    while (this.redirection(redirections));
    return redirections.length === 0 ? body : { kind: "redirected", body, redirections };
  }

  /** A list and the reserved word after it. */
  bodyUntil(end: string): Node {
    const body = this.compoundList([end]) as Node;
    this.tokens.next();
    return body;
  }

  private simple(): Node {
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    for (;;) {
      if (this.redirection(redirections)) continue;
      const token = this.tokens.peek();
      if (token.kind !== "word") break;
      this.tokens.next();
      const assignment = words.length === 0 ? assignmentOf(token.word) : undefined;
      if (assignment !== undefined) assignments.push(assignment);
      else words.push(token.word);
      if (words.length === 1 && assignments.length === 0 && redirections.length === 0) {
        if (this.tokens.isOperator("(")) return this.functionDefinition(token);
      }
    }
    if (words.length + assignments.length + redirections.length === 0) throw this.unexpected();
    return { kind: "simple", assignments, words, redirections } satisfies Simple;
  }

  private functionDefinition(token: Token): Node {
    this.tokens.next();
    this.expectOperator(")");
    const name = token.kind === "word" ? token.text : undefined;
    if (name === undefined || name.includes("/")) throw this.fault("Bad function name");
    this.skipNewlines();
    return { kind: "function", name, body: this.simpleOrCompound() };
  }

  /** Adds the redirection that comes next, if there is one. */
  private redirection(into: Redirection[]): boolean {
    let token = this.tokens.peek();
    let descriptor: number | undefined;
    if (token.kind === "descriptor") {
      descriptor = token.number;
      this.tokens.next();
      token = this.tokens.peek();
    }
    if (token.kind !== "operator" || !REDIRECTIONS.has(token.text)) return false;
    this.tokens.next();
    const target = this.tokens.next();
    if (target.kind !== "word") throw this.unexpected("word", target);
    const stripTabs = token.text === "<<-";
    const operator = (stripTabs ? "<<" : token.text) as Redirection["operator"];
    const redirection: Redirection = {
      operator,
      descriptor: descriptor ?? (operator.startsWith("<") ? 0 : 1),
      target: target.word,
    };
    into.push(redirection);
    if (operator === "<<") {
      const delimiter = target.word
        .map((part) => (part.kind === "text" ? part.text : "$"))
        .join("");
      const quoted = target.word.some((part) => part.quoted);
      this.tokens.expectDocument({ redirection, delimiter, quoted, stripTabs });
    }
    return true;
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

/** `name=value` at the beginning of a word, its name unquoted. */
function assignmentOf(word: Word): Assignment | undefined {
  const first = word[0];
  if (first?.kind !== "text" || first.quoted) return undefined;
  const match = /^([A-Za-z_]\w*)=/.exec(first.text);
  if (match === null) return undefined;
  const rest = first.text.slice(match[0].length);
  const value = rest === "" ? word.slice(1) : [{ ...first, text: rest }, ...word.slice(1)];
  return { name: match[1] as string, value };
}
