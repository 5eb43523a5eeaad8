/** jail(8): starting, stopping and changing jails. */
import { act, type Command, look, shellFunction } from "./command.js";
import { isRunning } from "./inside.js";
import { misread, wholeLines } from "./lines.js";

/** Starts a jail from its own configuration file. Its exit status is true, unlike that of `service jail start`. */
export const startJail = (file: string, name: string): Command =>
  act(["jail", "-f", file, "-c", name], {
    detached: true,
    deadline: 600,
    title: `start jail ${name}`,
  });

/**
 * Stops a jail by the file that it was started from, so that mounts and aliases go with it. A jail may be removed
 * although an unmount or an alias failed (status 1), so the status is no answer: the next commands look.
 */
export const stopJail = (file: string, name: string): Command =>
  act(["jail", "-f", file, "-r", name], {
    accept: [0, 1],
    detached: true,
    deadline: 600,
    title: `stop jail ${name}`,
  });

/** Stops a jail that has no file: mounts and aliases stay. */
export const removeJail = (name: string): Command =>
  act(["jail", "-r", name], {
    accept: [0, 1],
    detached: true,
    deadline: 600,
    title: `stop jail ${name}`,
  });

/** As `stopJail`, or without a file as `removeJail`; what does not end within so many seconds is killed. */
export const stopOrKill = (file: string | undefined, name: string, seconds: number): Command =>
  act(["stop_or_kill", `${seconds}`, name, file ?? ""], {
    shellFunction: stopOrKillFunction,
    detached: true,
    deadline: seconds + 60,
    title: `stop jail ${name}`,
  });

// A daemon that a hook started on the host is neither waited for nor killed.
const stopOrKillFunction = shellFunction(
  "stop_or_kill",
  `if [ -n "$3" ]; then timeout --foreground -k 5 "$1" jail -f "$3" -r "$2"; else timeout --foreground -k 5 "$1" jail -r "$2"; fi
  is_running "$2" || return 0
  jail -R "$2"`,
  [isRunning],
);

/**
 * Waits until a jail that was stopped is gone altogether: while connections of its processes linger it is dying, and
 * keeps its root's file system busy. Whoever takes longer is not waited for.
 */
export const awaitDeath = (jid: number): Command =>
  act(["await_death", `${jid}`], {
    shellFunction: awaitDeathFunction,
    deadline: 180,
    title: `wait for what is left of jail ${jid}`,
  });

// TCP remembers a closed connection for a minute.
const awaitDeathFunction = shellFunction(
  "await_death",
  `i=0
  while jls -d -j "$1" jid >/dev/null 2>&1 && [ "$i" -lt 70 ]; do i=$((i + 1)); sleep 1; done
  return 0`,
);

/** Removes a jail without asking its own programs, which it cannot run any more: mounts and aliases stay. */
export const killJail = (name: string): Command =>
  act(["jail", "-R", name], { accept: [0, 1], title: `stop jail ${name}` });

/** Fails when the jail still runs: a failing exec.stop or exec.prestop keeps it (jail(8)). */
export const mustBeStopped = (name: string): Command =>
  act(["must_be_stopped", name], { shellFunction: mustBeStoppedFunction });

const mustBeStoppedFunction = shellFunction(
  "must_be_stopped",
  `jls -j "$1" jid >/dev/null 2>&1 || return 0
  echo "jail $1 still runs: exec.prestop or exec.stop failed" >&2; return 1`,
);

/** Changes parameters of a running jail in place. */
export const modifyJail = (name: string, parameters: readonly string[]): Command =>
  act(["jail", "-m", `name=${name}`, ...parameters], { title: `change jail ${name}` });

/** Names in a configuration file as jail(8) itself reads it; "," cannot be part of a name that we print. */
export const listConfigured = (file: string): Command =>
  look(["jail", "-e", ",", "-f", file], { unguarded: true });

/**
 * `name=web,exec.start="/bin/sh /etc/rc",…` a jail. A value in quotes may go on in the next line. A file that jail(8)
 * does not read defines no jail, and nothing is printed.
 */
export function parseConfigured(stdout: string): string[] {
  const names: string[] = [];
  let begun = "";
  for (const line of wholeLines("jail -e", stdout)) {
    begun += line;
    const match = jailLine.exec(begun);
    if (match === null) begun += "\n";
    else {
      names.push(unquote(match[1]!));
      begun = "";
    }
  }
  if (begun !== "") throw misread("jail -e", begun);
  return names.filter((name) => name !== "*");
}

// As quoted_print of jail.c: a value with quotes, blanks or nothing in it is quoted, others are bare.
const quoted = String.raw`"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'`;
const bare = String.raw`[^"',\s]`;
const jailLine = new RegExp(
  `^name=(${quoted}|${bare}+)(?:,(?:(?:[\\w.-]+=)?(?:${quoted})|${bare}+))*$`,
);

function unquote(text: string): string {
  return /^["']/.test(text) ? text.slice(1, -1).replace(/\\([\s\S])/g, "$1") : text;
}
