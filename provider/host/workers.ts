/** The worker shells of one connection: opened when needed, reused, waited for. */
import { setTimeout as sleep } from "node:timers/promises";
import { type Place, shellRefused } from "./error-texts.js";
import { pauseBefore } from "./retry.js";
import { ChannelRefused, ConnectionGone, type Transport } from "./transport.js";
import { ShellFailure, Worker } from "./worker.js";

/**
 * How often a first shell is asked for when the host gives none: slots are freed late, so patience
 * pays.
 */
const CHANNEL_ATTEMPTS = 8;

interface Waiter {
  resolve(worker: Worker): void;
  reject(error: Error): void;
}

export class WorkerPool {
  private readonly all = new Set<Worker>();
  private readonly idle: Worker[] = [];
  private readonly waiters: Waiter[] = [];
  private opening = 0;
  private failure: Error | undefined;

  /**
   * `limit`: shells at once; becomes less when the host gives fewer. `retries`: how often a shell
   * that ended at once for a passing reason is tried again, -1 without limit.
   */
  constructor(
    private readonly transport: Transport,
    private readonly place: Place,
    private readonly command: string,
    private limit: number,
    private readonly retries: number,
  ) {}

  /**
   * A worker for one batch; give it back with `release`. Throws `ConnectionGone` when the
   * connection was lost before one was free, `HostError` when the host gives no shell.
   */
  acquire(): Promise<Worker> {
    if (this.failure) return Promise.reject(this.failure);
    return new Promise((resolve, reject) => {
      this.waiters.push({ resolve, reject });
      this.serve();
    });
  }

  release(worker: Worker): void {
    if (worker.usable && !this.failure) {
      this.idle.push(worker);
    } else {
      this.all.delete(worker);
      worker.discard();
    }
    this.serve();
  }

  /** Ends all workers and refuses whoever waits or comes. */
  close(error: Error): void {
    this.failure = error;
    for (const worker of this.all) worker.discard();
    for (const waiter of this.waiters.splice(0)) waiter.reject(error);
  }

  private serve(): void {
    while (this.waiters.length > 0 && this.idle.length > 0) {
      const worker = this.idle.pop()!;
      // One that died while idle was not told apart from a live one until now.
      if (worker.usable) this.waiters.shift()!.resolve(worker);
      else this.all.delete(worker);
    }
    const room = this.limit - this.all.size - this.opening;
    const wanted = Math.min(room, this.waiters.length - this.opening);
    for (let index = 0; index < wanted; index++) void this.open();
  }

  private async open(): Promise<void> {
    this.opening++;
    try {
      const worker = await this.openPatiently();
      if (worker) {
        this.all.add(worker);
        this.idle.push(worker);
      }
    } catch (error) {
      for (const waiter of this.waiters.splice(0)) waiter.reject(error as Error);
    } finally {
      this.opening--;
    }
    if (this.failure) for (const worker of this.all) worker.discard();
    else this.serve();
  }

  /** Opens one more; undefined when the host gives no more than there are. */
  private async openPatiently(): Promise<Worker | undefined> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await Worker.start(this.transport, this.command);
      } catch (error) {
        if (error instanceof ChannelRefused && this.all.size > 0) {
          this.limit = this.all.size;
          return undefined;
        }
        this.judge(error, attempt);
      }
      await sleep(pauseBefore(attempt));
      if (this.failure) throw new ConnectionGone(this.failure.message);
    }
  }

  /** Throws what `error` means, unless another attempt makes sense. */
  private judge(error: unknown, attempt: number): void {
    if (this.failure) throw this.failure;
    if (error instanceof ChannelRefused) {
      if (attempt >= CHANNEL_ATTEMPTS) throw shellRefused(this.place, error.message, undefined);
    } else if (error instanceof ShellFailure) {
      const verdict = this.transport.explainShell(error.status, error.stderr);
      const again = verdict.passing && (this.retries < 0 || attempt <= this.retries);
      if (!again) throw verdict.error;
    } else {
      throw error;
    }
  }
}
