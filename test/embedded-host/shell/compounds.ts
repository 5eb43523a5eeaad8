/** Compound commands: groups, subshells, if, loops and case. */
import type { CaseItem, Node, Word } from "./ast.js";
import type { Parser } from "./parser.js";

/** A compound command, or undefined when none begins here. */
export function parseCompound(parser: Parser): Node | undefined {
  if (parser.tokens.isOperator("(")) {
    parser.tokens.next();
    const body = parser.compoundList([")"]) as Node;
    parser.tokens.next();
    return { kind: "subshell", body };
  }
  switch (parser.reserved()) {
    case "{":
      parser.tokens.next();
      return { kind: "group", body: parser.bodyUntil("}") };
    case "if":
      return ifClause(parser);
    case "while":
    case "until":
      return loop(parser);
    case "for":
      return forLoop(parser);
    case "case":
      return caseClause(parser);
    case undefined:
      return undefined;
    default:
      throw parser.unexpected();
  }
}

function ifClause(parser: Parser): Node {
  parser.tokens.next();
  const test = parser.bodyUntil("then");
  const then = parser.compoundList(["fi", "else", "elif"]) as Node;
  const ending = parser.reserved();
  if (ending === "elif") return { kind: "if", test, then, else: ifClause(parser) };
  parser.tokens.next();
  const otherwise = ending === "else" ? parser.bodyUntil("fi") : undefined;
  return { kind: "if", test, then, else: otherwise };
}

function loop(parser: Parser): Node {
  const until = parser.reserved() === "until";
  parser.tokens.next();
  const test = parser.bodyUntil("do");
  return { kind: "loop", until, test, body: parser.bodyUntil("done") };
}

function forLoop(parser: Parser): Node {
  parser.tokens.next();
  const token = parser.tokens.next();
  const name = token.kind === "word" ? token.text : undefined;
  if (name === undefined || !/^[A-Za-z_]\w*$/.test(name))
    throw parser.fault("Bad for loop variable");
  parser.skipNewlines();
  let words: Word[] | undefined;
  if (parser.wordText() === "in") {
    parser.tokens.next();
    words = forWords(parser);
  } else if (parser.tokens.isOperator(";")) parser.tokens.next();
  parser.skipNewlines();
  if (parser.reserved() !== "do") throw parser.unexpected("do");
  parser.tokens.next();
  return { kind: "for", name, words, body: parser.bodyUntil("done") };
}

function forWords(parser: Parser): Word[] {
  const words: Word[] = [];
  for (;;) {
    const token = parser.tokens.peek();
    if (token.kind !== "word") break;
    words.push(token.word);
    parser.tokens.next();
  }
  const token = parser.tokens.peek();
  if (token.kind !== "newline" && !parser.tokens.isOperator(";")) throw parser.unexpected();
  parser.tokens.next();
  return words;
}

function caseClause(parser: Parser): Node {
  parser.tokens.next();
  const token = parser.tokens.next();
  if (token.kind !== "word") throw parser.unexpected("word", token);
  parser.skipNewlines();
  if (parser.wordText() !== "in") throw parser.unexpected("in");
  parser.tokens.next();
  const items: CaseItem[] = [];
  for (;;) {
    parser.skipNewlines();
    if (parser.wordText() === "esac") break;
    items.push(caseItem(parser));
  }
  parser.tokens.next();
  return { kind: "case", subject: token.word, items };
}

function caseItem(parser: Parser): CaseItem {
  if (parser.tokens.isOperator("(")) parser.tokens.next();
  const patterns: Word[] = [];
  for (;;) {
    const token = parser.tokens.next();
    if (token.kind !== "word") throw parser.unexpected("word", token);
    patterns.push(token.word);
    if (!parser.tokens.isOperator("|")) break;
    parser.tokens.next();
  }
  parser.expectOperator(")");
  const body = parser.compoundList([";;", ";&", "esac"], true);
  const fallsThrough = parser.tokens.isOperator(";&");
  if (parser.wordText() !== "esac") parser.tokens.next();
  return { patterns, body, fallsThrough };
}
