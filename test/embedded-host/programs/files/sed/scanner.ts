import { Fatal } from "../support/options.js";

/** Reads a script of sed(1) character by character. */
export class Scanner {
  protected at = 0;

  constructor(protected readonly script: string) {}

  /** Text up to a delimiter; a delimiter behind a backslash, or within brackets, is no end. */
  protected delimited(delimiter: string, isPattern: boolean): string {
    let text = "";
    let bracket = false;
    for (; this.at < this.script.length; this.at += 1) {
      const character = this.peek();
      if (character === delimiter && !bracket) {
        this.at += 1;
        return text;
      }
      if (character === "\\" && !bracket) {
        this.at += 1;
        const next = this.peek();
        text += next === delimiter ? (isPattern ? next : `\\${next}`) : `\\${next}`;
        continue;
      }
      if (isPattern && character === "[" && !bracket) {
        const start = /^\[\^?\]?/.exec(this.script.slice(this.at))?.[0] ?? "[";
        text += start;
        this.at += start.length - 1;
        bracket = true;
        continue;
      }
      if (character === "]") bracket = false;
      text += character;
    }
    throw this.error(
      isPattern ? "unterminated regular expression" : "unterminated substitute pattern",
    );
  }

  protected flag(letter: string): boolean {
    if (this.peek() !== letter) return false;
    this.at += 1;
    return true;
  }

  protected until(end: string): string {
    const stop = this.script.indexOf(end, this.at);
    const text = this.script.slice(this.at, stop < 0 ? undefined : stop);
    this.at = stop < 0 ? this.script.length : stop + 1;
    return text;
  }

  protected skip(what: RegExp): void {
    while (what.test(this.peek())) this.at += 1;
  }

  protected peek(): string {
    return this.script[this.at] ?? "";
  }

  protected error(message: string): Fatal {
    return new Fatal(`1: ${JSON.stringify(this.script.split("\n")[0])}: ${message}`);
  }
}
