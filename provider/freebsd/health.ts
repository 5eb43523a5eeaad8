/** Whether a jail that was started works: what a command in it says. */
import { act, type Command, shellFunction } from "./command.js";

export interface HealthCheck {
  /** Words, run without a shell. What they leave behind in the background counts as not ended (timeout(1)). */
  readonly command: readonly string[];
  /** Attempts before it counts as failed. */
  readonly retries: number;
  /** Seconds between two attempts. */
  readonly interval: number;
  /** Seconds for all attempts together. */
  readonly deadline: number;
}

/** Runs a command in a jail until it succeeds; at the end it fails with what the command said last. */
export const checkHealth = (jail: string, check: HealthCheck): Command => {
  const { command, retries, interval, deadline } = check;
  return act(["check_health", jail, `${retries}`, `${interval}`, `${deadline}`, ...command], {
    shellFunction: checkHealthFunction,
    detached: true,
    deadline: deadline + 60,
    title: `health check of jail ${jail} (${command.join(" ")})`,
  });
};

// It is the jail's code: it may hang, flood, and leave processes behind, so its output goes by a pipe with an end. All
// of it is read: closing the pipe would end a command that is well and says much.
const checkHealthFunction = shellFunction(
  "check_health",
  `set -o pipefail
  j=$1 n=$2 w=$3 e=$(($(date +%s) + $4)) i=0; shift 4
  while :; do
    t=$((e - $(date +%s)))
    [ "$t" -gt 0 ] || break
    i=$((i + 1))
    o=$(timeout -k 5 "$t" jexec "$j" "$@" </dev/null 2>&1 | { head -c 4096; cat >/dev/null; }) && return 0
    [ "$i" -lt "$n" ] || break
    sleep "$w"
  done
  echo "the jail is not well after $i attempts:" >&2; printf '%s\\n' "$o" >&2; return 1`,
);
