/** A pseudo-terminal: the line discipline between a person's keyboard and the processes of a session. */
import type { Reader, Writer } from "../contract.js";
import { Counted, type OpenFile, readAll, readPiece, type Source } from "./pipe.js";
import type { KernelProcess } from "./process.js";
import { SIGHUP, SIGINT, SIGQUIT, SIGWINCH } from "./signals.js";

export interface WindowSize {
  readonly rows: number;
  readonly columns: number;
}

/** What stty(1) changes. */
export interface Modes {
  /** Input comes in lines that can be corrected, and ^D ends it. */
  icanon: boolean;
  /** What is typed is shown. */
  echo: boolean;
  /** ^C and ^\ are signals. */
  isig: boolean;
  /** The return key is a newline. */
  icrnl: boolean;
  /** A newline of the output returns the carriage. */
  opost: boolean;
}

export const cooked: Modes = { icanon: true, echo: true, isig: true, icrnl: true, opost: true };

const signals: Readonly<Record<string, number>> = { "\x03": SIGINT, "\x1c": SIGQUIT };
const erase = new Set(["\x7f", "\b"]);

export class Terminal extends Counted implements Source, Reader, Writer {
  override readonly source = this;
  override readonly sink = this;
  modes: Modes = { ...cooked };
  /** Interactive shells that run on it; what the last one started is in the foreground. */
  readonly shells: KernelProcess[] = [];
  private line = "";
  private readonly input: (Buffer | null)[] = [];
  private readers: (() => void)[] = [];
  private leader: KernelProcess | undefined;

  /** `name` is that of its device; `show` gets what is to be seen. */
  constructor(
    readonly name: string,
    private window: WindowSize,
    private readonly show: (data: Buffer) => void,
  ) {
    super();
  }

  /** The first process of the session: its group hears the keys that are signals. */
  lead(leader: KernelProcess): void {
    this.leader = leader;
  }

  /** What somebody types. */
  type(data: Buffer): void {
    if (!this.modes.icanon && !this.modes.isig) this.offer(this.shown(data));
    else for (const key of data.toString("latin1")) this.press(key);
  }

  get size(): WindowSize {
    return this.window;
  }

  resize(window: WindowSize): void {
    this.window = window;
    this.signal(SIGWINCH);
  }

  /** The line is gone: those who read find its end, and the session is told. */
  hangUp(): void {
    this.input.push(null);
    this.wake();
    this.signal(SIGHUP);
  }

  takeNow(max: number): Buffer | null | undefined {
    const first = this.input[0];
    if (first === undefined || first === null || first.length <= max) return this.input.shift();
    this.input[0] = first.subarray(max);
    return first.subarray(0, max);
  }

  ready(): Promise<void> {
    if (this.input.length > 0) return Promise.resolve();
    return new Promise((resolve) => this.readers.push(resolve));
  }

  read(): Promise<Buffer | null> {
    return readPiece(this);
  }

  all(): Promise<Buffer> {
    return readAll(this);
  }

  write(data: string | Buffer): void {
    this.print(data);
  }

  protected closed(): void {
    this.wake();
  }

  private press(typed: string): void {
    const key = typed === "\r" && this.modes.icrnl ? "\n" : typed;
    const signal = this.modes.isig ? signals[key] : undefined;
    if (signal !== undefined) {
      this.line = "";
      this.echo(`^${key === "\x03" ? "C" : "\\"}`);
      this.signal(signal);
    } else if (!this.modes.icanon) this.offer(this.shown(Buffer.from(key, "latin1")));
    else if (erase.has(key)) this.rub(1);
    else if (key === "\x15") this.rub(this.line.length);
    else if (key === "\x04") this.finish();
    else {
      this.line += key;
      this.echo(key);
      if (key === "\n") this.finish();
    }
  }

  /** Hands the line on; an empty one is the end of file, for one read. */
  private finish(): void {
    const { line } = this;
    this.line = "";
    this.offer(line === "" ? null : Buffer.from(line, "latin1"));
  }

  private rub(count: number): void {
    const gone = Math.min(count, this.line.length);
    this.line = this.line.slice(0, this.line.length - gone);
    this.echo("\b \b".repeat(gone));
  }

  private shown(data: Buffer): Buffer {
    this.echo(data.toString("latin1"));
    return data;
  }

  private echo(text: string): void {
    if (this.modes.echo) this.print(Buffer.from(text, "latin1"));
  }

  private print(data: string | Buffer): void {
    const bytes = typeof data === "string" ? Buffer.from(data) : data;
    const returned = bytes.toString("latin1").replaceAll("\n", "\r\n");
    this.show(this.modes.opost ? Buffer.from(returned, "latin1") : bytes);
  }

  private offer(data: Buffer | null): void {
    this.input.push(data);
    this.wake();
  }

  private wake(): void {
    for (const resume of this.readers.splice(0)) resume();
  }

  /** Tells the session, but for a key not those who wait for the shell in which it was typed. */
  private signal(signal: number): void {
    const { leader } = this;
    if (leader === undefined) return;
    const { processes } = leader.kernel;
    const waiting = new Set<number>();
    const shell = signal === SIGHUP ? undefined : this.shells.at(-1);
    for (let at = shell && processes.get(shell.ppid); at; at = processes.get(at.ppid)) {
      waiting.add(at.pid);
    }
    for (const process of [...processes.values()]) {
      if (process.pgid === leader.pgid && !waiting.has(process.pid)) process.signal(signal);
    }
  }
}

/** The terminal that a descriptor refers to. */
export function terminalOf(file: OpenFile | undefined): Terminal | undefined {
  return file instanceof Terminal ? file : undefined;
}
