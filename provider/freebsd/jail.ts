/** jail(8): starting, stopping and changing jails. */
import { act, type Command, look, shellFunction } from "./command.js";
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
