/** The process table: how processes come into being, run, and are killed. */
import {
  BrokenPipe,
  FsError,
  Killed,
  type LockTable,
  type Machine,
  type Process,
  type Program,
} from "../contract.js";
import { breathe } from "./breath.js";
import { openFileOf } from "./endpoints.js";
import { strerror } from "./errors.js";
import { DEFAULT_PATH, type Executable, findExecutable, loadExecutable } from "./executable.js";
import { MissingInterpreter } from "./linux/elf.js";
import { createLocks } from "./locks.js";
import { type Ended, KernelProcess } from "./process.js";
import { SIGPIPE } from "./signals.js";
import type { StartOptions, Watcher } from "./watch.js";

const ROOT = { uid: 0, gid: 0, groups: [0, 5], user: "root" };
const FIRST_PID = 700;
const LAST_PID = 99999;
/** Milliseconds of the machine's clock, and of the wall's that a limit which is no shorter has at least. */
const SHORT_LIMIT = 5000;
const LEAST_LIMIT = 700;

export class Kernel {
  readonly processes = new Map<number, KernelProcess>();
  readonly programs = new Map<string, Program>();
  readonly watchers: Watcher[] = [];
  /** Errors that are the embedded host's own: a test should find none. */
  readonly defects: Error[] = [];
  readonly locks: LockTable = createLocks({ after: (ms, callback) => this.deadline(ms, callback) });
  /** How many times faster than the wall's the machine's clock goes, for sleeps and timeouts. */
  speed = 1;
  private nextPid = FIRST_PID;
  /** Bodies of processes that have not come to their end: a killed one goes on until it next asks for something. */
  private bodies = 0;
  private attached: Machine | undefined;
  private readonly timers = new Set<NodeJS.Timeout>();

  get machine(): Machine {
    if (this.attached === undefined) throw new Error("the kernel has no machine yet");
    return this.attached;
  }

  /** Gives the kernel the machine whose processes it runs. */
  attach(machine: Machine): void {
    this.attached = machine;
  }

  /** Kills as kill(2) does; a negative pid is a process group. */
  kill(pid: number, signal: number): boolean {
    const targets =
      pid > 0
        ? [this.processes.get(pid)]
        : [...this.processes.values()].filter((process) => process.pgid === -pid);
    const found = targets.filter((process) => process !== undefined);
    for (const process of found) process.signal(signal);
    return found.length > 0;
  }

  /** Calls back on the machine's clock; the answer cancels it. */
  after(milliseconds: number, callback: () => void): () => void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      callback();
    }, milliseconds / this.speed);
    this.timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.timers.delete(timer);
    };
  }

  /**
   * As `after`, for a limit to what others do: their work takes the wall's time however fast the clock goes, so that a
   * longer limit than this never becomes a shorter one. Limits that are shorter than what programs need for themselves are
   * held against sleep(1), by the same clock.
   */
  deadline(milliseconds: number, callback: () => void): () => void {
    const needed = milliseconds < SHORT_LIMIT ? 0 : LEAST_LIMIT * this.speed;
    return this.after(Math.max(milliseconds, needed), callback);
  }

  /** A new process in the table, with the parent's descriptors or the given ones, that runs nothing yet. */
  create(parent: KernelProcess | undefined, argv: readonly string[], options: StartOptions) {
    const jid = options.jid ?? parent?.jid ?? 0;
    const root = jid === (parent?.jid ?? 0) ? (parent?.root ?? "/") : this.rootOf(jid);
    const pid = this.freePid();
    const process = new KernelProcess(this, {
      pid,
      ppid: parent?.pid ?? 1,
      pgid: options.newGroup || parent === undefined ? pid : parent.pgid,
      jid,
      argv,
      env: new Map(options.env ?? parent?.env),
      root,
      cwd: options.cwd ?? (parent !== undefined && root === parent.root ? parent.cwd : "/"),
      umask: options.umask ?? parent?.umask ?? 0o022,
      credentials: options.credentials ?? parent?.credentials ?? ROOT,
      ignored: [...(parent?.ignored ?? []), ...(options.ignoring ?? [])],
    });
    for (const [number, file] of options.descriptors ?? parent?.descriptors ?? []) {
      process.setDescriptor(number, file);
    }
    this.giveStreams(process, options);
    this.processes.set(pid, process);
    return process;
  }

  /** Starts a program as a child of `parent`. Throws `FsError` when there is no such program. */
  spawn(parent: KernelProcess | undefined, argv: readonly string[], options: StartOptions = {}) {
    parent?.check();
    const process = this.create(parent, argv, options);
    let executable: Executable;
    try {
      executable = this.find(process, argv);
    } catch (error) {
      // Descriptors of a process that never was are closed again.
      process.leave({ status: 127 });
      throw error;
    }
    this.run(process, () => this.execute(process, executable));
    return process;
  }

  /** Starts the program in the place of what the process ran, and gives its status. */
  exec(process: KernelProcess, argv: readonly string[], env: Map<string, string>) {
    const executable = this.find(process, argv, env);
    process.env = env;
    process.handlers.clear();
    return this.execute(process, executable);
  }

  /** Runs a body as the process: a program, or a forked part of a shell. */
  run(process: KernelProcess, body: () => Promise<number>): void {
    this.bodies += 1;
    const end = (ended: Ended) => {
      this.bodies -= 1;
      process.leave(ended);
    };
    body().then(
      (status) => end({ status: status & 0xff }),
      (error: unknown) => end(this.failed(process, error)),
    );
  }

  /** Whether nothing runs, not even the rest of a process that was killed. */
  get isQuiet(): boolean {
    return this.bodies === 0;
  }

  /** Starts a program that had this number before, as a child of init. */
  respawn(pid: number, argv: readonly string[], options: StartOptions): void {
    const next = this.nextPid;
    this.nextPid = pid - 1;
    this.spawn(undefined, argv, options);
    this.nextPid = Math.max(next, pid);
  }

  /** The process has ended: it leaves the table, and its children get a new parent. */
  forget(process: KernelProcess): void {
    this.processes.delete(process.pid);
    for (const other of this.processes.values()) if (other.ppid === process.pid) other.ppid = 1;
  }

  /** Ends everything: for the end of a test. */
  shutdown(): void {
    for (const process of [...this.processes.values()]) process.signal(9);
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  private find(process: KernelProcess, argv: readonly string[], env = process.env): Executable {
    const { files } = this.machine;
    const name = argv[0] ?? "";
    const path = findExecutable(files, process, name, env.get("PATH") ?? DEFAULT_PATH);
    const { programs } = this;
    try {
      return loadExecutable(
        files,
        process,
        { programs, modules: this.machine.modules },
        path,
        argv,
      );
    } catch (error) {
      if (error instanceof MissingInterpreter) process.stderr.write(error.text);
      throw error;
    }
  }

  private async execute(process: KernelProcess, executable: Executable): Promise<number> {
    const pause = breathe();
    if (pause !== undefined) await process.interruptible(pause);
    process.argv = executable.argv;
    process.command = executable.command;
    try {
      const status = (await this.answer(process, executable.program)) & 0xff;
      this.tellEnd(process, status);
      return status;
    } catch (error) {
      this.tellEnd(process, this.failed(process, error).status);
      throw error;
    }
  }

  private tellEnd(process: KernelProcess, status: number): void {
    for (const watcher of this.watchers) watcher.ended?.(process, status);
  }

  /** Runs the program, or gives the answer that a fault puts in its place. */
  private async answer(process: KernelProcess, program: Program): Promise<number> {
    for (const watcher of this.watchers) {
      const asked = watcher.starting?.(process);
      const answer = asked instanceof Promise ? await process.interruptible(asked) : asked;
      if (answer === undefined) continue;
      if (answer.stdout) process.stdout.write(answer.stdout);
      if (answer.stderr) process.stderr.write(answer.stderr);
      return answer.status;
    }
    process.check();
    try {
      return await program(process as Process);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      // A tool that does not look at its errors itself: the text is what most of them would say.
      const subject = error.path === "" ? "" : `${error.path}: `;
      process.stderr.write(`${process.command}: ${subject}${strerror(error.code)}\n`);
      return 1;
    }
  }

  /** What an error that ends a program means. */
  private failed(process: KernelProcess, error: unknown): Ended {
    if (error instanceof Killed) return { status: 128 + error.signal, signal: error.signal };
    if (error instanceof BrokenPipe) return { status: 128 + SIGPIPE, signal: SIGPIPE };
    const defect = error instanceof Error ? error : new Error(String(error));
    if (this.defects.includes(defect)) return { status: 70 };
    this.defects.push(defect);
    const text = `${process.argv.join(" ")}: defect of the embedded host: ${defect.stack}\n`;
    process.descriptors.get(2)?.sink?.write(text);
    return { status: 70 };
  }

  private giveStreams(process: KernelProcess, options: StartOptions): void {
    if (options.stdin !== undefined) process.setDescriptor(0, openFileOf(options.stdin));
    if (options.stdout !== undefined) process.setDescriptor(1, openFileOf(options.stdout));
    if (options.stderr !== undefined) process.setDescriptor(2, openFileOf(options.stderr));
  }

  private rootOf(jid: number): string {
    return jid === 0 ? "/" : (this.machine.jails.get(jid)?.path ?? "/");
  }

  private freePid(): number {
    do {
      this.nextPid = this.nextPid >= LAST_PID ? FIRST_PID : this.nextPid + 1;
    } while (this.processes.has(this.nextPid));
    return this.nextPid;
  }
}
