/** Locks of lockf(1), by the host path of the file: one holder, and those who wait in the order they came. */
import type { LockTable } from "../contract.js";

interface Waiter {
  holder: number;
  grant(taken: boolean): void;
}

export interface Timers {
  /** Calls back after that many milliseconds of the machine's clock; the answer cancels it. */
  after(milliseconds: number, callback: () => void): () => void;
}

/** An empty table of locks. */
export function createLocks(timers: Timers): LockTable {
  const holders = new Map<string, number>();
  const queues = new Map<string, Waiter[]>();

  function wait(path: string, holder: number, timeout: number): Promise<boolean> {
    return new Promise((resolve) => {
      const queue = queues.get(path) ?? [];
      queues.set(path, queue);
      const waiter: Waiter = { holder, grant: resolve };
      queue.push(waiter);
      if (timeout < 0) return;
      const cancel = timers.after(timeout, () => {
        queue.splice(queue.indexOf(waiter), 1);
        resolve(false);
      });
      waiter.grant = (taken) => {
        cancel();
        resolve(taken);
      };
    });
  }

  return {
    async take(path, holder, timeout) {
      if (!holders.has(path)) {
        holders.set(path, holder);
        return true;
      }
      return timeout === 0 ? false : wait(path, holder, timeout);
    },
    release(path, holder) {
      const queue = queues.get(path) ?? [];
      const waiting = queue.findIndex((waiter) => waiter.holder === holder);
      if (waiting >= 0) queue.splice(waiting, 1)[0]?.grant(false);
      if (holders.get(path) !== holder) return;
      const next = queue.shift();
      if (next === undefined) {
        holders.delete(path);
        return;
      }
      holders.set(path, next.holder);
      next.grant(true);
    },
    held: (path) => holders.has(path),
  };
}
