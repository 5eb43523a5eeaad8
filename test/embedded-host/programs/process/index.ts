/** Programs around processes. */
import type { Program } from "../../contract.js";
import { runShell } from "../../shell/main.js";
import { doas, sudo } from "./become.js";
import { env, printenv } from "./env.js";
import { kill } from "./kill.js";
import { lockf } from "./lockf.js";
import { pgrep, pkill } from "./pgrep.js";
import { ps } from "./ps.js";
import { sleep } from "./sleep.js";
import { echo, getconf, printf, pwd, test } from "./small.js";
import { stty, tty } from "./terminal.js";
import { timeout } from "./timeout.js";
import { nice, nohup, stdbuf, tee, time } from "./wrappers.js";
import { xargs } from "./xargs.js";

export const processPrograms: Record<string, Program> = {
  "[": test,
  echo,
  env,
  false: () => 1,
  getconf,
  kill,
  lockf,
  nice,
  nohup,
  pgrep,
  pkill,
  printenv,
  printf,
  ps,
  pwd,
  sh: runShell,
  sleep,
  stdbuf,
  stty,
  tee,
  test,
  time,
  timeout,
  true: () => 0,
  tty,
  xargs,
};

/** Tools of the ports collection, there only where an admin has installed them. */
export const becomePrograms: Record<"doas" | "sudo", Program> = { doas, sudo };
