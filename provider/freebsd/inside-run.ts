/**
 * Programs of a running jail that tell of it or change it. The jail is hostile: what it says is cut off after so many
 * bytes, it gets so many seconds, and an answer counts only when it came to its end.
 */
import { type CommandResult, type ShellFunction, shellFunction } from "./command.js";
import { isRunning } from "./inside.js";

const readLimit = 1_000_000;

/** What a jail was asked: its lines, that it does not run, or why nothing is known. */
export type InsideAnswer = readonly string[] | "stopped" | { readonly fault: string };

/** A function that runs `script` in the jail of its first word, with the other words; nothing when it does not run. */
export const askingFunction = (name: string, script: string): ShellFunction =>
  shellFunction(
    name,
    `j=$1; shift
  is_running "$j" || { echo stopped; return 0; }
  (set -o pipefail
  timeout -k 5 60 jexec "$j" /bin/sh -c '${script}' sh "$@" </dev/null 2>/dev/null | head -c ${readLimit})
  echo "end $?"`,
    [isRunning],
  );

/**
 * A function that runs `script` in the jail of its first word, at most the seconds of its second one. What it leaves
 * running there (a daemon) does not count as not ended: `--foreground`, and nobody waits for the end of its output.
 */
export const changingFunction = (name: string, script: string): ShellFunction =>
  shellFunction(
    name,
    `j=$1 s=$2; shift 2
  (set -o pipefail
  timeout --foreground -k 5 "$s" jexec "$j" /bin/sh -c '${script}' sh "$@" </dev/null 2>&1 | head -c 8000 >&2)
  s=$?
  [ "$s" != 124 ] || echo "the jail did not end it in time" >&2
  return "$s"`,
  );

/** Takes the answer of an asking function apart. Lines that do not belong there are for the caller to leave out. */
export function parseAnswer({ stdout }: CommandResult): InsideAnswer {
  if (stdout === "stopped\n") return "stopped";
  const lines = stdout.split("\n");
  const [last = "", empty] = lines.slice(-2);
  if (empty === "" && last === "end 0") return lines.slice(0, -2);
  const status = empty === "" ? /^end (\d+)$/.exec(last)?.[1] : undefined;
  return { fault: status === undefined ? "it floods, or was cut off" : `status ${status}` };
}
