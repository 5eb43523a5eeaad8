/**
 * What a tool printed, taken line by line. What does not fit is an error: a plan for a picture of the host that is
 * wrong removes the wrong things.
 */
import type { CommandResult } from "./command.js";

/** The error for text that a tool never prints. */
export function misread(tool: string, text: string): Error {
  return new Error(`${tool} answered ${JSON.stringify(text.slice(0, 200))}: not understood`);
}

/** Lines of a text. Throws when the last one is cut short: its value could be, too. */
export function wholeLines(tool: string, text: string): string[] {
  const lines = text.split("\n");
  const rest = lines.pop()!;
  if (rest !== "") throw misread(tool, rest);
  return lines;
}

/** Lines that a tool printed which cannot fail on a sound host; when it failed, its picture is not empty but unknown. */
export function linesOf(tool: string, { status, stdout, stderr }: CommandResult): string[] {
  if (status !== 0) throw misread(tool, stderr.trim() || stdout.trim() || `status ${status}`);
  return wholeLines(tool, stdout);
}

/** As `linesOf` for a tool that fails when one of several things is not there, which `absent` tells on stderr. */
export function linesOfPresent(tool: string, result: CommandResult, absent: RegExp): string[] {
  const fault = faultOf(result, absent);
  if (fault !== undefined) throw misread(tool, fault);
  return wholeLines(tool, result.stdout);
}

/** Why a tool failed, when it was for more than for things that are not there. */
export function faultOf({ status, stderr }: CommandResult, absent: RegExp): string | undefined {
  if (status === 0) return undefined;
  if (stderr.trim() === "" && status !== 1) return `status ${status}`; // It was killed.
  return stderr.split("\n").find((line) => line.trim() !== "" && !absent.test(line));
}

/** A map with what `read` finds in each line. Throws for lines of one key that say different things. */
export function toMap<T>(
  tool: string,
  lines: readonly string[],
  read: (line: string) => readonly [string, T] | undefined,
): Map<string, T> {
  const map = new Map<string, T>();
  for (const line of new Set(lines)) {
    const entry = read(line);
    if (entry === undefined || map.has(entry[0])) throw misread(tool, line);
    map.set(...entry);
  }
  return map;
}

export const joinLines = (lines: readonly string[]): string =>
  lines.map((line) => `${line}\n`).join("");
