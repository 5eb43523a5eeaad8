/** kill, wait, jobs, times. */
import { type KernelProcess, statusOf } from "../../kernel/process.js";
import { killTargets } from "../../programs/process/kill.js";
import type { Shell } from "../shell.js";
import { runPendingTraps } from "../traps.js";

export function killBuiltin(sh: Shell, argv: readonly string[]): number {
  return killTargets(
    sh.process,
    argv,
    (text) => sh.write(text),
    (message) => sh.warn(message),
  );
}

/** Waits for jobs: the status of the last one given, or 0 after all of them. A trapped signal ends it. */
export async function wait(sh: Shell, argv: readonly string[]): Promise<number> {
  const words = argv.slice(1).filter((word) => word !== "--");
  if (words.length === 0) {
    for (const child of [...sh.jobs.values()]) {
      const status = await waitForJob(sh, child);
      if (status.interrupted) return status.status;
    }
    return 0;
  }
  let status = 0;
  for (const word of words) {
    const child = sh.jobs.get(Number(word));
    if (child === undefined) throw sh.fault(`No such job: ${word}`);
    const result = await waitForJob(sh, child);
    if (result.interrupted) return result.status;
    status = result.status;
  }
  return status;
}

async function waitForJob(sh: Shell, child: KernelProcess) {
  const signalled = new Promise<"signal">((resolve) => {
    sh.wakeWait = () => resolve("signal");
  });
  if (sh.pending.length > 0) sh.wakeWait?.();
  const ended = await sh.process.interruptible(Promise.race([child.ended, signalled]));
  sh.wakeWait = undefined;
  if (ended === "signal") {
    const signal = sh.pending[0] as number;
    await runPendingTraps(sh);
    return { interrupted: true, status: 128 + signal };
  }
  sh.jobs.delete(child.pid);
  return { interrupted: false, status: statusOf(ended) };
}

export function jobs(sh: Shell, argv: readonly string[]): number {
  const onlyPids = argv.includes("-p");
  let number = 0;
  for (const [pid, child] of sh.jobs) {
    number += 1;
    if (onlyPids) sh.write(`${pid}\n`);
    else if (child.end === undefined)
      sh.write(`[${number}] Running           ${child.argv.join(" ")}\n`);
  }
  return 0;
}

export function times(sh: Shell): number {
  sh.write("0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n");
  return 0;
}
