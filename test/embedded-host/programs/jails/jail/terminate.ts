import { type JailRun, note, runningJail } from "./run.js";
import type { JailSpec } from "./spec.js";

/** Seconds that processes have to end after SIGTERM. */
const patience = 10;
/** Milliseconds between two looks at them. */
const pause = 10;

/** Asks the processes of the jail to end, and waits for them as long as stop.timeout says. */
export async function terminate(run: JailRun, spec: JailSpec): Promise<boolean> {
  const timeout = spec.integer("stop.timeout") ?? patience;
  const jail = runningJail(run, spec);
  if (!jail || timeout === 0) return true;
  const { machine } = run.process;
  const pids = [...machine.processes.values()]
    .filter((process) => process.jid === jail.jid)
    .map((process) => process.pid);
  if (pids.length > 0 && run.verbose > 0) note(run, spec, `sent SIGTERM to: ${pids.join(" ")}`);
  for (const pid of pids) machine.kill(pid, 15);
  for (let waited = 0; waited < timeout * 1000; waited += pause) {
    if (!pids.some((pid) => machine.processes.has(pid))) return true;
    await run.process.sleep(pause);
  }
  if (run.verbose > 0) note(run, spec, "timed out");
  return true;
}
