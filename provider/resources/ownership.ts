/** Whose a thing on the host is. */
import { formatMark, type Mark, parseMark } from "../freebsd/mark.js";

export interface Owners {
  readonly mark: Mark;
  readonly formerMarks: readonly string[];
}

/** Whether a mark's text is the target's own, or the one that it had before its owner was renamed. */
export function isOurs(text: string, { mark, formerMarks }: Owners): boolean {
  const bare = text.replace(/#[0-9a-f]+$/, "");
  return bare === formatMark(mark) || formerMarks.includes(bare);
}

/** How messages name the owner that a mark says. */
export function ownerOf(text: string): string {
  return parseMark(text)?.owner ?? text;
}
