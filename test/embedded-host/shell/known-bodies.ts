/**
 * Bodies of functions that were parsed before. A program that works by batches defines its functions in each of them,
 * and they are most of the text.
 */
import type { Node } from "./ast.js";
import type { Parser } from "./parser.js";

interface Known {
  /** From behind the opening brace to the closing one. */
  readonly text: string;
  readonly body: Node;
}

const bodies = new Map<string, Known[]>();
/** Of one name; the oldest goes first. */
const most = 16;

/** The body of a function: a command, mostly a group. */
export function parseBody(parser: Parser, name: string): Node {
  const known = bodies.get(name) ?? [];
  const found = known.find(({ text }) => parser.skip(text));
  if (found !== undefined) return found.body;
  const start = parser.groupStart();
  const body = parser.simpleOrCompound();
  const text = start === undefined ? undefined : parser.groupSince(start);
  if (text !== undefined && body.kind === "group") {
    bodies.set(name, [...known.slice(1 - most), { text, body }]);
  }
  return body;
}
