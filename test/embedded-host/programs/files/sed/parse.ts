import { BadPattern, posixRegExp } from "../support/regex.js";
import { Scanner } from "./scanner.js";

/** An address: a line number, the last line, or a pattern (an empty one repeats the last used). */
export type Address = { line: number } | { last: true } | { pattern: RegExp | undefined };

export interface Command {
  name: string;
  addresses: Address[];
  negated: boolean;
  /** Text of a, i, c; label of b, t, ":"; name of the file of w. */
  text: string;
  substitute?: Substitute;
  translate?: Map<string, string>;
  /** Where "{" ends and what "b" and "t" jump to, as an index of the list of commands. */
  target: number;
}

export interface Substitute {
  pattern: RegExp | undefined;
  replacement: string;
  global: boolean;
  print: boolean;
  /** Which match is replaced, from 1. */
  nth: number;
}

/** Reads a script of sed(1). */
export function parseScript(script: string, extended: boolean): Command[] {
  return new Parser(script, extended).commands();
}

class Parser extends Scanner {
  private readonly list: Command[] = [];
  private readonly open: number[] = [];

  constructor(
    script: string,
    private readonly extended: boolean,
  ) {
    super(script);
  }

  commands(): Command[] {
    for (this.skip(/[\s;]/); this.at < this.script.length; this.skip(/[\s;]/)) this.command();
    if (this.open.length > 0) throw this.error("unexpected EOF (pending }'s)");
    this.link();
    return this.list;
  }

  private command(): void {
    const addresses = this.addresses();
    this.skip(/\s/);
    const negated = this.peek() === "!";
    if (negated) this.at += 1;
    this.skip(/\s/);
    const name = this.peek();
    this.at += 1;
    if (name === "#") {
      this.until("\n");
      return;
    }
    const command: Command = { name, addresses, negated, text: "", target: -1 };
    this.list.push(command);
    this.rest(command);
  }

  private rest(command: Command): void {
    const { name } = command;
    if (name === "{") this.open.push(this.list.length - 1);
    else if (name === "}") this.close();
    else if (name === "s") command.substitute = this.substitute();
    else if (name === "y") command.translate = this.translate();
    else if ("aic".includes(name)) command.text = this.text();
    else if (":bt".includes(name)) command.text = this.label();
    else if (name === "" || !"pdDnNPqhHgGx=l".includes(name)) {
      throw this.error(`invalid command code ${name || "\\n"}`);
    }
  }

  private close(): void {
    const begin = this.open.pop();
    if (begin === undefined) throw this.error("unexpected }");
    (this.list[begin] as Command).target = this.list.length - 1;
  }

  private link(): void {
    for (const command of this.list) {
      if (command.name !== "b" && command.name !== "t") continue;
      const isTarget = (other: Command) => other.name === ":" && other.text === command.text;
      command.target = command.text === "" ? this.list.length : this.list.findIndex(isTarget);
      if (command.target < 0) throw this.error(`undefined label '${command.text}'`);
    }
  }

  private addresses(): Address[] {
    const first = this.address();
    if (!first) return [];
    this.skip(/\s/);
    if (this.peek() !== ",") return [first];
    this.at += 1;
    this.skip(/\s/);
    const second = this.address();
    if (!second) throw this.error("expected context address");
    return [first, second];
  }

  private address(): Address | undefined {
    const digits = /^\d+/.exec(this.script.slice(this.at))?.[0];
    if (digits) {
      this.at += digits.length;
      return { line: Number(digits) };
    }
    if (this.peek() === "$") {
      this.at += 1;
      return { last: true };
    }
    if (this.peek() !== "/" && this.peek() !== "\\") return undefined;
    if (this.peek() === "\\") this.at += 1;
    const delimiter = this.peek();
    this.at += 1;
    const pattern = this.delimited(delimiter, true);
    return { pattern: this.compile(pattern, this.flag("I") ? "i" : "") };
  }

  private substitute(): Substitute {
    const delimiter = this.peek();
    this.at += 1;
    const pattern = this.delimited(delimiter, true);
    const replacement = this.delimited(delimiter, false);
    const flags = /^[gpiI0-9]*/.exec(this.script.slice(this.at))?.[0] ?? "";
    this.at += flags.length;
    return {
      pattern: this.compile(pattern, /[iI]/.test(flags) ? "i" : ""),
      replacement,
      global: flags.includes("g"),
      print: flags.includes("p"),
      nth: Number(/\d+/.exec(flags)?.[0] ?? 1),
    };
  }

  private translate(): Map<string, string> {
    const delimiter = this.peek();
    this.at += 1;
    const plain = (text: string) => text.replace(/\\(.)/g, (_, c) => (c === "n" ? "\n" : c));
    const from = plain(this.delimited(delimiter, false));
    const to = plain(this.delimited(delimiter, false));
    if (from.length !== to.length) throw this.error("transform strings are not the same length");
    return new Map([...from].map((character, index) => [character, to[index] as string]));
  }

  private text(): string {
    const rest = this.until("\n");
    const body = rest.replace(/^\s*\\?\s*/, "");
    if (body !== "" || !rest.includes("\\")) return `${body}\n`;
    let text = this.until("\n");
    while (text.endsWith("\\")) text = `${text.slice(0, -1)}\n${this.until("\n")}`;
    return `${text}\n`;
  }

  private label(): string {
    const label = /^[^;\n]*/.exec(this.script.slice(this.at))?.[0] ?? "";
    this.at += label.length;
    return label.trim();
  }

  private compile(pattern: string, flags: string): RegExp | undefined {
    if (pattern === "") return undefined;
    try {
      return posixRegExp(pattern, { extended: this.extended, flags: `g${flags}` });
    } catch (error) {
      throw error instanceof BadPattern ? this.error(`RE error: ${error.message}`) : error;
    }
  }
}
