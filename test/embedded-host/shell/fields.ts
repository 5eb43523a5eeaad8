/** Fields of a command line as they grow out of expansions: splitting at IFS, and what is quoted. */
import { escapePattern } from "./pattern.js";

export interface Field {
  /** The text that it stands for. */
  text: string;
  /** The same as a pattern: quoted characters are escaped. */
  pattern: string;
}

export class Fields {
  readonly done: Field[] = [];
  private current: Field | undefined;
  /** White space of IFS ended the last field: a separator right after it belongs to the same separation. */
  private afterBlank = false;

  /** `separators` is IFS, or undefined where nothing is split (assignments, quotes around it all). */
  constructor(private readonly separators: string | undefined) {}

  /** Text that is not split. */
  add(text: string, quoted: boolean): void {
    this.current ??= { text: "", pattern: "" };
    this.current.text += text;
    this.current.pattern += quoted ? escapePattern(text) : text;
    this.afterBlank = false;
  }

  /** The result of an unquoted expansion. */
  split(text: string): void {
    if (this.separators === undefined || this.separators === "") {
      if (text !== "") this.add(text, false);
      return;
    }
    let start = 0;
    for (let at = 0; at < text.length; at += 1) {
      const character = text[at] as string;
      if (!this.separators.includes(character)) continue;
      if (at > start) this.add(text.slice(start, at), false);
      start = at + 1;
      this.separate(" \t\n".includes(character));
    }
    if (start < text.length) this.add(text.slice(start), false);
  }

  /** Ends the field, as between the positional parameters of "$@". */
  end(): void {
    if (this.current !== undefined) this.done.push(this.current);
    this.current = undefined;
  }

  finish(): Field[] {
    this.end();
    return this.done;
  }

  private separate(blank: boolean): void {
    if (this.current !== undefined) {
      this.end();
      this.afterBlank = blank;
    } else if (!blank) {
      if (!this.afterBlank) this.done.push({ text: "", pattern: "" });
      this.afterBlank = false;
    }
  }
}
