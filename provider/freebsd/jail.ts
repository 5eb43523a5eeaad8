/** jail(8): starting, stopping and changing jails. */
import { act, type Command, look, shellFunction } from "./command.js";

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

/** `name=web,host.hostname=…` a line. */
export function parseConfigured(stdout: string): string[] {
  return stdout
    .split("\n")
    .map((line) => /^name=([^,"]+)/.exec(line)?.[1])
    .filter((name): name is string => name !== undefined && name !== "*");
}
