/** A command that failed, in words for the user: the end of what it said, which may come from a jail. */
import type { CommandResult } from "../freebsd/command.js";
import { redactSecrets, showTail } from "../host/printable.js";

export function describeFailure(
  title: string,
  step: string,
  { status, stderr, stdout }: CommandResult,
  secrets: readonly string[] = [],
): string {
  const [errors, output] = [stderr, stdout].map((text) => redactSecrets(text, secrets));
  const said = showTail(errors!) || showTail(output!);
  // On a full disk there is no room for what the command says, either.
  const why = said === "" ? "nothing was said; is a file system of the host full?" : said;
  return `${title}: ${step}: failed with status ${status}: ${why}`;
}
