/** Thrown for a pattern that regcomp(3) refuses. */
export class BadPattern extends Error {}

const classes: Record<string, string> = {
  alpha: "a-zA-Z",
  digit: "0-9",
  alnum: "a-zA-Z0-9",
  upper: "A-Z",
  lower: "a-z",
  space: " \\t-\\r",
  blank: " \\t",
  punct: "!-\\/:-@\\[-`{-~",
  print: " -~",
  graph: "!-~",
  cntrl: "\\x00-\\x1f\\x7f",
  xdigit: "0-9A-Fa-f",
};

/** Escapes that FreeBSD's regular expressions know beside POSIX. */
const escapes: Record<string, string> = {
  w: "\\w",
  W: "\\W",
  s: "\\s",
  S: "\\S",
  b: "\\b",
  B: "\\B",
  "<": "\\b(?=\\w)",
  ">": "\\b(?<=\\w)",
  n: "\\n",
  t: "\\t",
};

/** Makes a JavaScript expression of a basic or an extended regular expression of POSIX. */
export function posixRegExp(
  pattern: string,
  options: { extended: boolean; flags?: string; whole?: boolean; word?: boolean },
): RegExp {
  let source = new Translation(pattern, options.extended).translate();
  if (options.word) source = `(?<!\\w)(?:${source})(?!\\w)`;
  if (options.whole) source = `^(?:${source})$`;
  try {
    return new RegExp(source, options.flags);
  } catch (error) {
    throw error instanceof SyntaxError ? new BadPattern("invalid regular expression") : error;
  }
}

/** A fixed string as an expression. */
export function literalRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

class Translation {
  private at = 0;
  private out = "";
  private depth = 0;

  constructor(
    private readonly pattern: string,
    private readonly extended: boolean,
  ) {}

  translate(): string {
    while (this.at < this.pattern.length) this.one();
    if (this.depth > 0) throw new BadPattern("parentheses not balanced");
    return this.out;
  }

  private one(): void {
    const character = this.pattern[this.at] as string;
    this.at += 1;
    if (character === "[") this.bracket();
    else if (character === "\\") this.escaped();
    else if (this.extended) this.out += this.extendedCharacter(character);
    else this.out += this.basicCharacter(character);
  }

  private extendedCharacter(character: string): string {
    if (character === "(") this.depth += 1;
    if (character === ")") {
      if (this.depth === 0) return "\\)";
      this.depth -= 1;
    }
    // A brace that begins no bound is a brace.
    if (character === "{" && !/^\d+(,\d*)?\}/.test(this.pattern.slice(this.at))) return "\\{";
    return character === "/" || character === "}" ? this.brace(character) : character;
  }

  private brace(character: string): string {
    return character === "}" && /\{\d+(,\d*)?$/.test(this.out) ? "}" : `\\${character}`;
  }

  private basicCharacter(character: string): string {
    const start = this.out === "" || /(^|\()\^?$/.test(this.out);
    if (character === "*") return start ? "\\*" : "*";
    if (character === "^") return this.out === "" || this.out.endsWith("(") ? "^" : "\\^";
    if (character === "$") return this.atEnd() ? "$" : "\\$";
    return ".".includes(character) ? character : literalRegExp(character);
  }

  private atEnd(): boolean {
    const rest = this.pattern.slice(this.at);
    return rest === "" || rest.startsWith("\\)") || rest.startsWith("\\|");
  }

  private escaped(): void {
    const character = this.pattern[this.at];
    if (character === undefined) throw new BadPattern("trailing backslash (\\)");
    this.at += 1;
    if (/[1-9]/.test(character)) this.out += `\\${character}`;
    else if (!this.extended && "(){}+?|".includes(character)) this.out += this.operator(character);
    else this.out += escapes[character] ?? literalRegExp(character);
  }

  private operator(character: string): string {
    if (character === "(") this.depth += 1;
    if (character === ")") this.depth -= 1;
    if (this.depth < 0) throw new BadPattern("parentheses not balanced");
    return character;
  }

  private bracket(): void {
    const negated = this.pattern[this.at] === "^";
    if (negated) this.at += 1;
    let set = "";
    for (let first = true; ; first = false) {
      const rest = this.pattern.slice(this.at);
      if (rest === "") throw new BadPattern("brackets ([ ]) not balanced");
      if (rest.startsWith("]") && !first) break;
      const named = /^\[:(\w+):\]/.exec(rest);
      if (named) {
        const members = classes[named[1] as string];
        if (members === undefined) throw new BadPattern("invalid character class");
        set += members;
        this.at += named[0].length;
      } else {
        // Within brackets a backslash is nothing special, nor is any other character but "-".
        set += (rest[0] as string).replace(/[\\\]^[]/, "\\$&");
        this.at += 1;
      }
    }
    this.at += 1;
    this.out += `[${negated ? "^" : ""}${set}]`;
  }
}

/** A shell pattern as fnmatch(3) reads it: "*" also matches slashes, as find(1) wants it. */
export function globRegExp(pattern: string, flags = ""): RegExp {
  let source = "";
  for (let at = 0; at < pattern.length; at += 1) {
    const character = pattern[at] as string;
    const bracket = /^\[!?\]?[^\]]*\]/.exec(pattern.slice(at));
    if (character === "*") source += "[^]*";
    else if (character === "?") source += "[^]";
    else if (bracket) {
      source += bracket[0].replace(/^\[!/, "[^").replace(/\\/g, "\\\\");
      at += bracket[0].length - 1;
    } else {
      if (character === "\\") at += 1;
      source += literalRegExp(pattern[at] ?? "\\");
    }
  }
  return new RegExp(`^${source}$`, flags);
}
