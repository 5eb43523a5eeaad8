/** Waiting for children. */
import { type Ended, type KernelProcess, statusOf } from "../kernel/process.js";
import { SIGINT, SIGPIPE, signalText } from "../kernel/signals.js";
import type { Shell } from "./shell.js";

/** Waits for children that run in the foreground, and says when a signal ended one. */
export async function waitFor(sh: Shell, children: readonly KernelProcess[]): Promise<number[]> {
  const statuses: number[] = [];
  for (const child of children) {
    const ended = await sh.process.interruptible(child.ended);
    reportSignal(sh, ended);
    statuses.push(statusOf(ended));
  }
  return statuses;
}

/** "Terminated": what a shell says of a child in the foreground that a signal ended. */
export function reportSignal(sh: Shell, ended: Ended): void {
  const { signal } = ended;
  if (signal === undefined || signal === SIGINT || signal === SIGPIPE) return;
  sh.process.stderr.write(`${signalText(signal)}\n`);
}
