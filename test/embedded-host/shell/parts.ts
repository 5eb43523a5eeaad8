/** The parts of a word while it is read. */
import type { Part, Word } from "./ast.js";

/** Collects parts; neighbouring text of the same quoting becomes one part. */
export class Parts {
  readonly parts: Part[] = [];
  private text: string[] = [];
  private quoted = false;
  private present = false;

  add(text: string, quoted: boolean): void {
    if (this.present && this.quoted !== quoted) this.flush();
    this.text.push(text);
    this.quoted = quoted;
    this.present = true;
  }

  push(part: Part): void {
    this.flush();
    this.parts.push(part);
  }

  done(): Word {
    this.flush();
    return this.parts;
  }

  private flush(): void {
    if (this.present) {
      this.parts.push({ kind: "text", text: this.text.join(""), quoted: this.quoted });
    }
    this.text = [];
    this.present = false;
  }
}
