/** Shell patterns: "*", "?" and "[…]", with backslashes before what is meant literally. */

const CLASSES: Record<string, string> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: " \\t\\n\\r\\f\\v",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  print: " -~",
  graph: "!-~",
  cntrl: "\\x00-\\x1f\\x7f",
  xdigit: "0-9a-fA-F",
};

const cache = new Map<string, RegExp>();
const CACHE_SIZE = 500;

/** Escapes text so that a pattern matches exactly it. */
export function escapePattern(text: string): string {
  return text.replace(/[\\*?[\]]/g, "\\$&");
}

/** Whether a pattern can match anything but one text. */
export function isPattern(pattern: string): boolean {
  return /(^|[^\\])(\\\\)*[*?[]/.test(pattern);
}

/** The text that a pattern without wildcards means. */
export function unescapePattern(pattern: string): string {
  return pattern.replace(/\\([\s\S])/g, "$1");
}

/** A pattern as an expression that matches a whole string. */
export function compilePattern(pattern: string): RegExp {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  const expression = new RegExp(`^(?:${translate(pattern)})$`, "s");
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(pattern, expression);
  return expression;
}

function translate(pattern: string): string {
  let result = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] as string;
    if (character === "\\") {
      at += 1;
      result += literal(pattern[at] ?? "\\");
    } else if (character === "*") result += ".*";
    else if (character === "?") result += ".";
    else if (character === "[") {
      const set = bracket(pattern, at);
      result += set?.expression ?? "\\[";
      at = set?.end ?? at;
    } else result += literal(character);
  }
  return result;
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** A bracket expression that begins at `start`, or undefined when it has no end. */
function bracket(pattern: string, start: number): { expression: string; end: number } | undefined {
  let at = start + 1;
  const negated = pattern[at] === "!" || pattern[at] === "^";
  if (negated) at += 1;
  let set = "";
  for (let first = true; ; first = false) {
    const character = pattern[at];
    if (character === undefined) return undefined;
    if (character === "]" && !first) break;
    const named = /^\[:([a-z]+):\]/.exec(pattern.slice(at, at + 12));
    if (named !== null) {
      set += CLASSES[named[1] as string] ?? "";
      at += named[0].length;
    } else if (character === "\\") {
      set += literal(pattern[at + 1] ?? "\\");
      at += 2;
    } else {
      set += character === "-" && !first && pattern[at + 1] !== "]" ? "-" : literal(character);
      at += 1;
    }
  }
  if (set === "") return { expression: negated ? "." : "(?!)", end: at };
  return { expression: negated ? `[^${set}]` : `[${set}]`, end: at };
}
