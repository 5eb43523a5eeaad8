import type { Address, Command, Substitute } from "./parse.js";

/** What a run of sed(1) over some input prints. */
export interface Edited {
  text: string;
  /** The script asked to stop. */
  quit: boolean;
}

/** Runs a script over the lines of an input. */
export class Editor {
  private pattern = "";
  private hold = "";
  private out = "";
  private after = "";
  private index = 0;
  private replaced = false;
  private lastPattern: RegExp | undefined;
  /** Ranges of addresses that have begun, and the line after which a numeric one ends. */
  private readonly active = new Map<Command, boolean>();

  constructor(
    private readonly commands: Command[],
    private readonly lines: string[],
    private readonly quiet: boolean,
    /** The last line of the input has no line end: it is printed without one, too. */
    private readonly unterminated = false,
  ) {}

  run(): Edited {
    for (; this.index < this.lines.length; this.index += 1) {
      this.pattern = this.lines[this.index] as string;
      const quit = this.cycle();
      if (quit) return { text: this.out, quit: true };
    }
    return { text: this.out, quit: false };
  }

  /** One cycle; true when the script quits. */
  private cycle(): boolean {
    let print = !this.quiet;
    let quit = false;
    this.replaced = false;
    for (let at = 0; at < this.commands.length; at += 1) {
      const command = this.commands[at] as Command;
      if (!this.selects(command)) {
        if (command.name === "{") at = command.target;
        continue;
      }
      const next = this.execute(command);
      if (next === "jump") at = command.target;
      if (next === "delete") print = false;
      if (next === "quit") quit = true;
      if (next === "delete" || next === "quit" || next === "end") break;
    }
    if (print) this.print(this.pattern);
    this.out += this.after;
    this.after = "";
    return quit;
  }

  private execute(command: Command): "jump" | "delete" | "quit" | "end" | undefined {
    switch (command.name) {
      case "d":
        return "delete";
      case "D":
        return this.deleteFirst();
      case "q":
        return "quit";
      case "b":
        return "jump";
      case "t":
        return this.jumpIfReplaced();
      case "n":
      case "N":
        return this.next(command.name === "N");
      case "s":
        this.substitute(command.substitute as Substitute);
        return undefined;
      case "c":
        return this.change(command);
      default:
        this.simple(command);
        return undefined;
    }
  }

  private simple(command: Command): void {
    const { pattern } = this;
    const steps: Record<string, () => void> = {
      p: () => this.print(pattern),
      P: () => this.print(pattern.split("\n")[0] as string),
      "=": () => this.print(String(this.index + 1)),
      l: () => this.print(`${JSON.stringify(pattern).slice(1, -1)}$`),
      i: () => {
        this.out += command.text;
      },
      a: () => {
        this.after += command.text;
      },
      h: () => {
        this.hold = pattern;
      },
      H: () => {
        this.hold += `\n${pattern}`;
      },
      g: () => {
        this.pattern = this.hold;
      },
      G: () => {
        this.pattern += `\n${this.hold}`;
      },
      x: () => {
        this.pattern = this.hold;
        this.hold = pattern;
      },
      y: () => {
        this.pattern = [...pattern].map((one) => command.translate?.get(one) ?? one).join("");
      },
    };
    steps[command.name]?.();
  }

  private deleteFirst(): "delete" {
    const end = this.pattern.indexOf("\n");
    if (end >= 0) {
      // What is left starts the next cycle instead of a new line.
      this.lines[this.index] = this.pattern.slice(end + 1);
      this.index -= 1;
    }
    return "delete";
  }

  private jumpIfReplaced(): "jump" | undefined {
    const jump = this.replaced;
    this.replaced = false;
    return jump ? "jump" : undefined;
  }

  private next(append: boolean): "delete" | "end" | undefined {
    if (this.index + 1 >= this.lines.length) return append && this.quiet ? "delete" : "end";
    if (!append && !this.quiet) this.print(this.pattern);
    this.index += 1;
    const line = this.lines[this.index] as string;
    this.pattern = append ? `${this.pattern}\n${line}` : line;
    return undefined;
  }

  private change(command: Command): "delete" {
    // In a range the text replaces all of its lines at once.
    if (command.addresses.length < 2 || !this.active.get(command)) this.out += command.text;
    return "delete";
  }

  private substitute(command: Substitute): void {
    const pattern = this.remember(command.pattern);
    let count = 0;
    let changed = false;
    this.pattern = this.pattern.replace(pattern, (match: string, ...rest: unknown[]) => {
      count += 1;
      if (count !== command.nth && !(command.global && count > command.nth)) return match;
      changed = true;
      return expand(command.replacement, match, rest as string[]);
    });
    if (!changed) return;
    this.replaced = true;
    if (command.print) this.print(this.pattern);
  }

  private remember(pattern: RegExp | undefined): RegExp {
    this.lastPattern = pattern ?? this.lastPattern ?? /(?!)/g;
    return this.lastPattern;
  }

  private print(text: string): void {
    // A line that lacks its end keeps lacking it, unless more is printed behind it.
    if (this.out !== "" && !this.out.endsWith("\n")) this.out += "\n";
    const last = this.index === this.lines.length - 1;
    this.out += last && this.unterminated ? text : `${text}\n`;
  }

  private selects(command: Command): boolean {
    return this.inAddresses(command) !== command.negated;
  }

  private inAddresses(command: Command): boolean {
    const [from, to] = command.addresses;
    if (!from) return true;
    if (!to) return this.matches(from);
    if (this.active.get(command)) {
      const over = "line" in to ? this.index + 1 >= to.line : this.matches(to);
      this.active.set(command, !over);
      return !("line" in to) || this.index + 1 <= to.line;
    }
    if (!this.matches(from)) return false;
    this.active.set(command, !("line" in to && to.line <= this.index + 1));
    return true;
  }

  private matches(address: Address): boolean {
    if ("line" in address) return this.index + 1 === address.line;
    if ("last" in address) return this.index === this.lines.length - 1;
    return this.pattern.search(this.remember(address.pattern)) >= 0;
  }
}

/** Puts the match and its groups into a replacement. */
function expand(replacement: string, match: string, groups: string[]): string {
  return replacement.replace(/\\([0-9n&\\]|\n|.)|&/g, (whole, escaped?: string) => {
    if (whole === "&" || escaped === "0") return match;
    if (/[1-9]/.test(escaped as string)) return groups[Number(escaped) - 1] ?? "";
    return escaped === "n" ? "\n" : (escaped as string);
  });
}
