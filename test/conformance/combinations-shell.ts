/** Finds the commands in shell text, by the embedded host's parser of sh(1). */
import type { Node, Part, Word } from "../embedded-host/shell/ast.js";
import { Input } from "../embedded-host/shell/input.js";
import { parseCommand } from "../embedded-host/shell/parser.js";

export type Runs = "always" | "success" | "perhaps";

export interface ShellCommand {
  /** What a shell fills in stands as `UNKNOWN` in its word. */
  readonly argv: readonly string[];
  /**
   * - `always`: whenever the text runs.
   * - `success`: when it runs and succeeds, as what stands behind "&&".
   * - `perhaps`: a branch, the body of a function, what stands behind "||".
   */
  readonly runs: Runs;
}

/** Stands for what is only known when it runs; with MANY behind it, it may be any number of words. */
export const UNKNOWN = "\u0000";
export const MANY = "\u0001";

/** All commands of a text, those in substitutions, too. */
export function commandsIn(text: string): ShellCommand[] {
  const found: ShellCommand[] = [];
  const input = new Input(text, true);
  for (let node = parseCommand(input); node !== null; node = parseCommand(input)) {
    collect(node, "always", found);
  }
  return found;
}

/** All commands of a tree that is parsed already. */
export function commandsOf(node: Node): ShellCommand[] {
  const found: ShellCommand[] = [];
  collect(node, "always", found);
  return found;
}

/** Names of the functions that a text defines. */
export function functionsIn(text: string): Set<string> {
  const names = new Set<string>();
  const visit = (node: Node | undefined) => {
    if (node === undefined) return;
    if (node.kind === "function") names.add(node.name);
    for (const [, child] of childrenOf(node)) visit(child);
  };
  const input = new Input(text, true);
  for (let node = parseCommand(input); node !== null; node = parseCommand(input)) visit(node);
  return names;
}

/** The commands in a command, and when they run. */
function childrenOf(node: Node): (readonly [Runs, Node | undefined])[] {
  switch (node.kind) {
    case "simple":
      return [];
    case "pipeline":
      return node.elements.map((element) => ["always", element]);
    case "list":
      return node.items.map((item) => ["always", item]);
    case "and":
    case "or":
      return [
        ["always", node.left],
        [node.kind === "and" ? "success" : "perhaps", node.right],
      ];
    case "if":
      return [
        ["always", node.test],
        ["perhaps", node.then],
        ["perhaps", node.else],
      ];
    case "loop":
      return [
        ["always", node.test],
        ["perhaps", node.body],
      ];
    case "case":
      return node.items.map((item) => ["perhaps", item.body]);
    case "function":
      return [["perhaps", node.body]];
    default:
      return [["always", node.body]];
  }
}

function wordsOf(node: Node): Word[] {
  switch (node.kind) {
    case "simple":
      return [
        ...node.words,
        ...node.assignments.map(({ value }) => value),
        ...node.redirections.map(({ target }) => target),
      ];
    case "for":
      return [...(node.words ?? [])];
    case "case":
      return [node.subject];
    case "redirected":
      return node.redirections.map(({ target }) => target);
    default:
      return [];
  }
}

function collect(node: Node | undefined, runs: Runs, found: ShellCommand[]): void {
  if (node === undefined) return;
  for (const part of wordsOf(node).flat()) collectPart(part, runs, found);
  if (node.kind === "simple" && node.words.length > 0) {
    found.push({ argv: node.words.map(textOf), runs });
  }
  for (const [when, child] of childrenOf(node)) collect(child, weaker(runs, when), found);
}

/** Commands in "$(…)" and in "${x-$(…)}". */
function collectPart(part: Part, runs: Runs, found: ShellCommand[]): void {
  if (part.kind === "command") collect(part.script, runs, found);
  else if (part.kind !== "text")
    for (const inner of part.word) collectPart(inner, "perhaps", found);
}

const ORDER: readonly Runs[] = ["always", "success", "perhaps"];
const weaker = (a: Runs, b: Runs): Runs => (ORDER.indexOf(a) < ORDER.indexOf(b) ? b : a);

const textOf = (word: Word): string =>
  word
    .map((part) => (part.kind === "text" ? part.text : isOne(part) ? UNKNOWN : UNKNOWN + MANY))
    .join("");

const isOne = (part: Part): boolean =>
  part.quoted && !(part.kind === "parameter" && part.name === "@");
