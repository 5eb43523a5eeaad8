/** The text that the parser reads. More of it may come later, as when a shell reads commands from its input. */

/** The text ends in the middle of something, and more of it may come. */
export class NeedMore extends Error {}

/** "Syntax error: …" */
export class SyntaxFault extends Error {
  constructor(
    message: string,
    readonly line: number,
  ) {
    super(message);
  }
}

export class Input {
  position = 0;
  /** Lines before the text that was given up (`drop`). */
  private linesBefore = 0;

  constructor(
    public text: string,
    public final: boolean,
  ) {}

  /** The character at the position, "" at the end. */
  peek(ahead = 0): string {
    const at = this.position + ahead;
    if (at < this.text.length) return this.text[at] as string;
    if (!this.final) throw new NeedMore();
    return "";
  }

  next(): string {
    const character = this.peek();
    if (character !== "") this.position += 1;
    return character;
  }

  /** Whether the text goes on with exactly this. */
  startsWith(expected: string): boolean {
    for (let index = 0; index < expected.length; index += 1) {
      if (this.peek(index) !== expected[index]) return false;
    }
    return true;
  }

  /** Whether exactly this is there already at a position. */
  holds(expected: string, at: number): boolean {
    return this.text.startsWith(expected, at);
  }

  /** The longest run that a sticky expression matches here; asks for more when it reaches the end. */
  run(expression: RegExp): string {
    expression.lastIndex = this.position;
    const match = expression.exec(this.text)?.[0] ?? "";
    if (this.position + match.length >= this.text.length && !this.final) throw new NeedMore();
    this.position += match.length;
    return match;
  }

  /** The rest of the line without its newline, or undefined at the end of the text. */
  takeLine(): string | undefined {
    const end = this.text.indexOf("\n", this.position);
    if (end < 0 && !this.final) throw new NeedMore();
    if (end < 0 && this.position >= this.text.length) return undefined;
    const line = this.text.slice(this.position, end < 0 ? undefined : end);
    this.position = end < 0 ? this.text.length : end + 1;
    return line;
  }

  /** Number of the line at the position. Only counted when somebody asks. */
  get line(): number {
    let line = 1 + this.linesBefore;
    for (let at = this.text.indexOf("\n"); at >= 0 && at < this.position; ) {
      line += 1;
      at = this.text.indexOf("\n", at + 1);
    }
    return line;
  }

  /** Forgets what was parsed already, so that long inputs are not kept. */
  drop(): void {
    this.linesBefore = this.line - 1;
    this.text = this.text.slice(this.position);
    this.position = 0;
  }
}
