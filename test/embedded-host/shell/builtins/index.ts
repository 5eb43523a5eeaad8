/** The builtins of sh. A special one ends the shell when it fails, and keeps the assignments before it. */
import type { Shell } from "../shell.js";
import { command, evalBuiltin, exec, exit, hash, source, type } from "./commands.js";
import { cd, pwd, umask } from "./directories.js";
import { echo } from "./echo.js";
import { breakLoop, continueLoop, returnBuiltin } from "./flow.js";
import { getopts } from "./getopts.js";
import { printf } from "./printf.js";
import { jobs, killBuiltin, times, wait } from "./processes.js";
import { read } from "./read.js";
import { set, shift } from "./set.js";
import { test } from "./test.js";
import { trap } from "./trap.js";
import { ulimit } from "./ulimit.js";
import { exportBuiltin, local, readonlyBuiltin, unset } from "./variables.js";

export interface Builtin {
  readonly special: boolean;
  /** `argv` holds bytes, its first word the name. `tested`: its status is looked at, `set -e` does not care. */
  run(sh: Shell, argv: readonly string[], tested: boolean): number | Promise<number>;
}

const SPECIAL: Record<string, Builtin["run"]> = {
  ":": () => 0,
  ".": source,
  break: breakLoop,
  continue: continueLoop,
  eval: evalBuiltin,
  exec,
  exit,
  export: exportBuiltin,
  readonly: readonlyBuiltin,
  return: returnBuiltin,
  set,
  shift,
  times,
  trap,
  unset,
};

const PLAIN: Record<string, Builtin["run"]> = {
  "[": test,
  cd,
  chdir: cd,
  command,
  echo,
  false: () => 1,
  getopts,
  hash,
  jobs,
  kill: killBuiltin,
  local,
  printf,
  pwd,
  read,
  test,
  true: () => 0,
  type,
  ulimit,
  umask,
  wait,
};

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ...Object.entries(SPECIAL).map(([name, run]) => [name, { special: true, run }] as const),
  ...Object.entries(PLAIN).map(([name, run]) => [name, { special: false, run }] as const),
]);
