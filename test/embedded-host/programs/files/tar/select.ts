import { globRegExp } from "../support/regex.js";
import type { TarArguments } from "./arguments.js";

/** True for a name that an --exclude pattern matches, as a whole or from any directory on. */
export function isExcluded(args: TarArguments, name: string): boolean {
  const trimmed = name.replace(/\/+$/, "");
  return args.exclude.some((pattern) => {
    const matcher = globRegExp(pattern.replace(/\/+$/, ""));
    return trimmed.split("/").some((_, index, parts) => {
      const rest = parts.slice(index).join("/");
      return matcher.test(rest) || matcher.test(parts[index] as string);
    });
  });
}

/** Which members the operands of -x and -t choose; those that chose nothing are errors. */
export class Selection {
  private readonly unused: Set<string>;

  constructor(private readonly args: TarArguments) {
    this.unused = new Set(args.operands);
  }

  takes(name: string): boolean {
    if (isExcluded(this.args, name)) return false;
    if (this.args.operands.length === 0) return true;
    const chosen = this.args.operands.filter((operand) => matches(operand, name));
    for (const operand of chosen) this.unused.delete(operand);
    return chosen.length > 0;
  }

  /** Operands that no member matched. */
  get missing(): string[] {
    return [...this.unused];
  }
}

function matches(operand: string, name: string): boolean {
  const member = plain(name);
  const wanted = plain(operand);
  return member === wanted || member.startsWith(`${wanted}/`) || globRegExp(wanted).test(member);
}

function plain(name: string): string {
  return name.replace(/\/+$/, "").replace(/^(\.\/)+/, "") || ".";
}
