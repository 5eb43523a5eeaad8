/** One process: its descriptors, its directory, and what signals do to it. */
import {
  BrokenPipe,
  type Credentials,
  Killed,
  type Machine,
  type Process,
  type RunningProcess,
  type SpawnOptions,
} from "../contract.js";
import type { OpenFile } from "./pipe.js";
import type { Kernel } from "./processes.js";
import { isDeadly, SIGKILL, SIGPIPE } from "./signals.js";
import { ProcessReader, ProcessWriter } from "./streams.js";

/** How a process ended: with a status, or by a signal. */
export interface Ended {
  readonly status: number;
  readonly signal?: number;
}

/** What a shell sees in `$?`. */
export function statusOf(ended: Ended): number {
  return ended.signal === undefined ? ended.status : 128 + ended.signal;
}

export interface ProcessParts {
  pid: number;
  ppid: number;
  pgid: number;
  jid: number;
  argv: readonly string[];
  env: Map<string, string>;
  root: string;
  cwd: string;
  umask: number;
  credentials: Credentials;
  ignored: Iterable<number>;
}

export class KernelProcess implements Process {
  readonly pid: number;
  ppid: number;
  readonly pgid: number;
  readonly jid: number;
  readonly root: string;
  readonly credentials: Credentials;
  argv: readonly string[];
  /** The name of the program that runs, as ps shows it. */
  command = "";
  env: Map<string, string>;
  cwd: string;
  umask: number;
  readonly stdin = new ProcessReader(this);
  readonly stdout = new ProcessWriter(this, 1);
  readonly stderr = new ProcessWriter(this, 2);
  /** Open descriptors by number. */
  readonly descriptors = new Map<number, OpenFile>();
  /** Signals that are ignored: inherited by children, and kept over exec. */
  readonly ignored: Set<number>;
  /** Signals that the program catches. */
  readonly handlers = new Map<number, () => void>();
  readonly ended: Promise<Ended>;
  private finish: (ended: Ended) => void = () => undefined;
  private state: Ended | undefined;
  private readonly waits = new Set<(reason: unknown) => void>();
  private readonly endListeners: (() => void)[] = [];

  constructor(
    readonly kernel: Kernel,
    parts: ProcessParts,
  ) {
    this.pid = parts.pid;
    this.ppid = parts.ppid;
    this.pgid = parts.pgid;
    this.jid = parts.jid;
    this.argv = parts.argv;
    this.env = parts.env;
    this.root = parts.root;
    this.cwd = parts.cwd;
    this.umask = parts.umask;
    this.credentials = parts.credentials;
    this.ignored = new Set(parts.ignored);
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  get machine(): Machine {
    return this.kernel.machine;
  }

  /** How it ended, while its result was not collected; undefined while it runs. */
  get end(): Ended | undefined {
    return this.state;
  }

  /** Makes `descriptor` refer to another open file, or to nothing. */
  setDescriptor(descriptor: number, file: OpenFile | undefined): void {
    const before = this.descriptors.get(descriptor);
    if (before === file) return;
    file?.retain();
    if (file === undefined) this.descriptors.delete(descriptor);
    else this.descriptors.set(descriptor, file);
    before?.release();
  }

  async spawn(argv: readonly string[], options: SpawnOptions = {}): Promise<number> {
    const child = this.kernel.spawn(this, argv, options);
    return statusOf(await this.interruptible(child.ended));
  }

  start(argv: readonly string[], options: SpawnOptions = {}): RunningProcess {
    const child = this.kernel.spawn(this, argv, options);
    return { pid: child.pid, exit: child.ended.then(statusOf) };
  }

  async sleep(milliseconds: number): Promise<void> {
    let cancel: () => void = () => undefined;
    const over = new Promise<void>((resolve) => {
      cancel = this.kernel.after(milliseconds, resolve);
    });
    try {
      await this.interruptible(over);
    } finally {
      cancel();
    }
  }

  /** Throws when the process was killed: what it still tries to do does not happen. */
  check(): void {
    if (this.state !== undefined) throw new Killed(this.state.signal ?? SIGKILL);
  }

  /** Waits for a promise, or throws `Killed` as soon as the process is killed. */
  interruptible<T>(promise: Promise<T>): Promise<T> {
    this.check();
    return new Promise<T>((resolve, reject) => {
      this.waits.add(reject);
      promise.then(
        (value) => {
          this.waits.delete(reject);
          resolve(value);
        },
        (error: unknown) => {
          this.waits.delete(reject);
          reject(error);
        },
      );
    });
  }

  /** kill(2) of this process: ignored, caught, or the end of it. */
  signal(signal: number): void {
    if (signal === 0 || this.state !== undefined) return;
    if (signal !== SIGKILL) {
      if (this.ignored.has(signal)) return;
      const handler = this.handlers.get(signal);
      if (handler !== undefined) {
        handler();
        return;
      }
    }
    if (isDeadly(signal)) this.leave({ status: 128 + signal, signal });
  }

  /** Runs at the end of the process, before whoever waits for it learns of it. */
  onEnd(listener: () => void): void {
    this.endListeners.push(listener);
  }

  /** The end: descriptors are closed, those who wait for it learn of it, and what it waits for is given up. */
  leave(ended: Ended): void {
    if (this.state !== undefined) return;
    this.state = ended;
    this.kernel.forget(this);
    for (const listener of this.endListeners.splice(0)) listener();
    for (const file of this.descriptors.values()) file.release();
    this.descriptors.clear();
    this.finish(ended);
    const reason = new Killed(ended.signal ?? SIGKILL);
    for (const reject of [...this.waits]) reject(reason);
    this.waits.clear();
  }

  /** What a failed write means: the end by SIGPIPE, unless the process wants to know itself. */
  broken(): Error {
    if (!this.ignored.has(SIGPIPE)) {
      this.signal(SIGPIPE);
      if (this.state !== undefined) return new Killed(SIGPIPE);
    }
    return new BrokenPipe("Broken pipe");
  }
}
