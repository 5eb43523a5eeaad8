/** Switches that tests turn: lost connections, slow lines, failing tools, full disks. */
import type { MemoryFileSystem } from "./kernel/files.js";
import type { KernelProcess } from "./kernel/process.js";
import type { Kernel } from "./kernel/processes.js";
import { SIGKILL } from "./kernel/signals.js";
import type { Answer } from "./kernel/watch.js";

export type Match = (argv: readonly string[]) => boolean;

export interface Cut {
  /** The how many-th program from now on, counted from 1. */
  at: number;
  /** Just before it starts (it still runs, as a command in flight does), or just after it ended. */
  when: "before" | "after";
  /** The host does not notice: everything runs on and its output goes nowhere. */
  silent?: boolean;
  /** The process group is killed, too: the program does not run, and nothing after it. */
  killShell?: boolean;
}

export interface Hold {
  /** Resolves with the arguments of the program that waits now. */
  readonly reached: Promise<readonly string[]>;
  release(): void;
}

/** What the faults need of the server. */
export interface Line {
  closeConnections(silent?: boolean): void;
  stopListening(): Promise<void>;
  listen(): Promise<void>;
}

interface Failure {
  match: Match;
  answer: Answer;
  times: number;
}

interface Pause {
  match: Match;
  reach(argv: readonly string[]): void;
  released: Promise<void>;
}

export class Faults {
  private delay: number;
  private count = 0;
  private cuts: (Cut & { number: number; done: () => void })[] = [];
  private failures: Failure[] = [];
  private pauses: Pause[] = [];
  private readonly numbers = new WeakMap<KernelProcess, number>();

  constructor(
    private readonly kernel: Kernel,
    private readonly line: Line,
    latency = 0,
  ) {
    this.delay = latency;
    kernel.watchers.push({
      starting: (process) => this.starting(process),
      ended: (process) => this.cutAt(process, this.numbers.get(process) ?? 0, "after"),
    });
  }

  /** Cuts all connections around a program. Resolves when it has happened. */
  cut(cut: Cut): Promise<void> {
    return new Promise((resolve) => {
      this.cuts.push({ ...cut, number: this.count + cut.at, done: resolve });
    });
  }

  /** One-way delay of all data, in milliseconds. */
  latency(milliseconds: number): void {
    this.delay = milliseconds;
  }

  /** The present delay. */
  get latencyMs(): number {
    return this.delay;
  }

  /** Programs that match answer this in the place of running, so many times (default: always). */
  fail(match: Match, answer: Partial<Answer> & { times?: number } = {}): void {
    const { times = Number.POSITIVE_INFINITY, status = 1, stdout, stderr } = answer;
    this.failures.push({ match, times, answer: { status, stdout, stderr } });
  }

  /** The next program that matches waits before it starts, until it is released. */
  hold(match: Match): Hold {
    let reach: Pause["reach"] = () => undefined;
    let release: () => void = () => undefined;
    const reached = new Promise<readonly string[]>((resolve) => {
      reach = resolve;
    });
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    this.pauses.push({ match, reach, released });
    return { reached, release };
  }

  /** The file system that holds a path takes only so many more bytes. Call the answer to end it. */
  diskFull(bytesLeft = 0, path = "/"): () => void {
    const files = this.kernel.machine.files as MemoryFileSystem;
    const { volume } = files.mountOf({ root: "/", cwd: "/" }, path);
    const before = volume.capacity;
    volume.capacity = files.used(volume) + bytesLeft;
    return () => {
      volume.capacity = before;
    };
  }

  /** New connections are refused. Call the answer to end it; connections that are open stay, see `cutNow`. */
  async unreachable(): Promise<() => Promise<void>> {
    await this.line.stopListening();
    return () => this.line.listen();
  }

  /** Cuts all connections at once. */
  cutNow(options: { silent?: boolean } = {}): void {
    this.line.closeConnections(options.silent);
  }

  /** Turns everything off that is armed. */
  clear(): void {
    this.cuts = [];
    this.failures = [];
    this.pauses = [];
    this.delay = 0;
  }

  private starting(process: KernelProcess): undefined | Answer | Promise<undefined | Answer> {
    this.count += 1;
    this.numbers.set(process, this.count);
    this.cutAt(process, this.count, "before");
    const index = this.pauses.findIndex(({ match }) => match(process.argv));
    const pause = index < 0 ? undefined : this.pauses.splice(index, 1)[0];
    if (pause === undefined) return this.failureOf(process);
    pause.reach(process.argv);
    return pause.released.then(() => this.failureOf(process));
  }

  private failureOf(process: KernelProcess): Answer | undefined {
    const failure = this.failures.find(({ match, times }) => times > 0 && match(process.argv));
    if (failure === undefined) return undefined;
    failure.times -= 1;
    return failure.answer;
  }

  private cutAt(process: KernelProcess, number: number, when: Cut["when"]): void {
    const cut = this.cuts.find((armed) => armed.number === number && armed.when === when);
    if (cut === undefined) return;
    this.cuts.splice(this.cuts.indexOf(cut), 1);
    this.line.closeConnections(cut.silent);
    if (cut.killShell) this.kernel.kill(-process.pgid, SIGKILL);
    cut.done();
  }
}
