/** Writes down what ran on the machine. */
import { tellCommand } from "./channels.js";
import type { KernelProcess } from "./kernel/process.js";
import type { Kernel } from "./kernel/processes.js";
import type { Watcher } from "./kernel/watch.js";

export interface LogEntry {
  readonly argv: readonly string[];
  readonly user: string;
  /** 0 is the host. */
  readonly jid: number;
  /** Undefined while it runs. */
  status: number | undefined;
}

/** Records every program that starts, in order, and counts them. */
export function recordProcesses(
  kernel: Kernel,
  log: LogEntry[],
  counters: { processes: number },
): void {
  // A process that became another program ends both of them, the last one first.
  const running = new WeakMap<KernelProcess, LogEntry[]>();
  const watcher: Watcher = {
    starting(process) {
      const { argv, jid, credentials } = process;
      const entry: LogEntry = { argv, jid, user: credentials.user, status: undefined };
      counters.processes += 1;
      tellCommand({ argv, by: kernel.processes.get(process.ppid)?.argv ?? [], jid });
      log.push(entry);
      running.set(process, [...(running.get(process) ?? []), entry]);
      return undefined;
    },
    ended(process, status) {
      const entry = running.get(process)?.pop();
      if (entry !== undefined) entry.status = status;
    },
  };
  kernel.watchers.push(watcher);
}
