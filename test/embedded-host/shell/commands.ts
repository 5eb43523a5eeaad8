/** Simple commands: assignments, words and redirections; and definitions of functions. */
import type { Assignment, Node, Redirection, Simple, Word } from "./ast.js";
import { parseBody } from "./known-bodies.js";
import type { Parser } from "./parser.js";
import type { Token } from "./tokens.js";

/** Operators that begin a redirection. */
export const REDIRECTIONS = new Set(["<", ">", ">>", ">|", "<>", "<&", ">&", "<<", "<<-"]);

/** A simple command, or the definition of a function. */
export function parseSimple(parser: Parser): Node {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const redirections: Redirection[] = [];
  for (;;) {
    if (parseRedirection(parser, redirections)) continue;
    const token = parser.tokens.peek();
    if (token.kind !== "word") break;
    parser.tokens.next();
    const assignment = words.length === 0 ? assignmentOf(token.word) : undefined;
    if (assignment !== undefined) assignments.push(assignment);
    else words.push(token.word);
    if (words.length === 1 && assignments.length === 0 && redirections.length === 0) {
      if (parser.tokens.isOperator("(")) return functionDefinition(parser, token);
    }
  }
  if (words.length + assignments.length + redirections.length === 0) throw parser.unexpected();
  return { kind: "simple", assignments, words, redirections } satisfies Simple;
}

function functionDefinition(parser: Parser, token: Token): Node {
  parser.tokens.next();
  parser.expectOperator(")");
  const name = token.kind === "word" ? token.text : undefined;
  if (name === undefined || name.includes("/")) throw parser.fault("Bad function name");
  parser.skipNewlines();
  return { kind: "function", name, body: parseBody(parser, name) };
}

/** Adds the redirection that comes next, if there is one. */
export function parseRedirection(parser: Parser, into: Redirection[]): boolean {
  let token = parser.tokens.peek();
  let descriptor: number | undefined;
  if (token.kind === "descriptor") {
    descriptor = token.number;
    parser.tokens.next();
    token = parser.tokens.peek();
  }
  if (token.kind !== "operator" || !REDIRECTIONS.has(token.text)) return false;
  parser.tokens.next();
  const target = parser.tokens.next();
  if (target.kind !== "word") throw parser.unexpected("word", target);
  const stripTabs = token.text === "<<-";
  const operator = (stripTabs ? "<<" : token.text) as Redirection["operator"];
  const redirection: Redirection = {
    operator,
    descriptor: descriptor ?? (operator.startsWith("<") ? 0 : 1),
    target: target.word,
  };
  into.push(redirection);
  if (operator === "<<") {
    const delimiter = target.word.map((part) => (part.kind === "text" ? part.text : "$")).join("");
    const quoted = target.word.some((part) => part.quoted);
    parser.tokens.expectDocument({ redirection, delimiter, quoted, stripTabs });
  }
  return true;
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
