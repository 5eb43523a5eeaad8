/** A machine as it was at one moment, brought back as often as wanted: for tests that try many ends of one beginning. */

import { rememberState } from "./kernel/memento.js";
import type { KernelProcess } from "./kernel/process.js";
import type { Kernel } from "./kernel/processes.js";
import { SIGKILL } from "./kernel/signals.js";

export interface Checkpoint {
  /** Ends all connections and processes, brings the machine's state back, and starts its daemons again. */
  restore(): Promise<void>;
}

/** Programs that only wait: whoever starts them again has what was there before. */
const waiting = new Set(["cron", "sshd", "syslogd", "sleep"]);
/** Turns of the event loop within which what was killed comes to its end. */
const patience = 5000;

/** Remembers a machine. Its connections end; throws when something runs that cannot be started again. */
export async function takeCheckpoint(
  kernel: Kernel,
  closeConnections: () => void,
): Promise<Checkpoint> {
  const { machine } = kernel;
  closeConnections();
  await until(kernel, "a program is still at work", () =>
    [...kernel.processes.values()].every(({ command }) => waiting.has(command)),
  );
  const daemons = leadersOf(kernel).map(rememberDaemon);
  const picture = pictureOf(kernel);
  const bringBack = rememberState(machine, [kernel, machine.processes, machine.locks]);
  return {
    async restore() {
      closeConnections();
      for (const process of [...kernel.processes.values()]) process.signal(SIGKILL);
      await until(kernel, "a program did not end", () => kernel.isQuiet);
      bringBack();
      for (const start of daemons) start(kernel);
      await until(kernel, "daemons did not come back", () => pictureOf(kernel) === picture);
    },
  };
}

/** Daemons that no other one has started. */
function leadersOf(kernel: Kernel): KernelProcess[] {
  return [...kernel.processes.values()].filter(({ ppid }) => !kernel.processes.has(ppid));
}

function rememberDaemon(process: KernelProcess): (kernel: Kernel) => void {
  const { pid, argv, jid, cwd, umask, credentials } = process;
  const env = new Map(process.env);
  // Files hold its number.
  return (kernel) => kernel.respawn(pid, argv, { jid, env, cwd, umask, credentials });
}

const pictureOf = (kernel: Kernel): string =>
  [...kernel.processes.values()]
    .map(({ jid, argv }) => `${jid} ${argv.join(" ")}`)
    .sort()
    .join("\n");

async function until(kernel: Kernel, problem: string, reached: () => boolean): Promise<void> {
  for (let turn = 0; !reached(); turn += 1) {
    if (turn >= patience) throw new Error(`${problem}:\n${pictureOf(kernel)}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
