/**
 * Pipes and the other ends that a process can read from or write to. An `OpenFile` is what the kernel calls an
 * open file description: descriptors of several processes share it, and it is closed with the last of them.
 */
import { BrokenPipe, type Reader, type Writer } from "../contract.js";

/** Where bytes come from. Taking and waiting are apart, so that a killed reader swallows nothing. */
export interface Source {
  /** At most `max` bytes at once, null at the end of file, undefined when one has to wait. */
  takeNow(max: number): Buffer | null | undefined;
  /** Resolves when `takeNow` has an answer. */
  ready(): Promise<void>;
}

export interface OpenFile {
  readonly source?: Source;
  readonly sink?: Writer;
  /** Host path, where it is a file (lockf's descriptor form). */
  readonly path?: string;
  /** Called by each descriptor that refers to it, and at that descriptor's end. */
  retain(): void;
  release(): void;
  /** Called once, when the last descriptor has gone. */
  onClose(listener: () => void): void;
}

/** Counts the descriptors that refer to an open file. */
export abstract class Counted implements OpenFile {
  readonly source?: Source;
  readonly sink?: Writer;
  private references = 0;
  private listeners: (() => void)[] = [];

  retain(): void {
    this.references += 1;
  }

  release(): void {
    this.references -= 1;
    if (this.references !== 0) return;
    this.closed();
    for (const listener of this.listeners.splice(0)) listener();
  }

  onClose(listener: () => void): void {
    this.listeners.push(listener);
  }

  protected abstract closed(): void;
}

/** More than this waits in a pipe only when its writer does not ask (`drained`). */
const PIPE_SIZE = 65536;

/** The bytes between the two ends of a pipe. */
class Channel {
  private chunks: Buffer[] = [];
  private size = 0;
  private readers: (() => void)[] = [];
  private writers: (() => void)[] = [];
  ended = false;
  abandoned = false;

  push(data: Buffer): void {
    if (this.abandoned) throw new BrokenPipe("Broken pipe");
    if (data.length === 0) return;
    this.chunks.push(data);
    this.size += data.length;
    wake(this.readers);
  }

  shift(max: number): Buffer | null | undefined {
    const first = this.chunks[0];
    if (first === undefined) return this.ended ? null : undefined;
    if (first.length <= max) this.chunks.shift();
    else this.chunks[0] = first.subarray(max);
    const taken = first.length <= max ? first : first.subarray(0, max);
    this.size -= taken.length;
    if (this.size < PIPE_SIZE) wake(this.writers);
    return taken;
  }

  get idle(): boolean {
    return this.chunks.length === 0 && !this.ended;
  }

  end(): void {
    this.ended = true;
    wake(this.readers);
  }

  abandon(): void {
    this.abandoned = true;
    this.chunks = [];
    this.size = 0;
    wake(this.writers);
  }

  readable(): Promise<void> {
    if (!this.idle) return Promise.resolve();
    return new Promise((resolve) => this.readers.push(resolve));
  }

  drained(): Promise<void> {
    if (this.size < PIPE_SIZE || this.abandoned) return Promise.resolve();
    return new Promise((resolve) => this.writers.push(resolve));
  }
}

function wake(waiting: (() => void)[]): void {
  for (const resume of waiting.splice(0)) resume();
}

export class PipeReader extends Counted implements Reader, Source {
  override readonly source = this;
  constructor(private readonly channel: Channel) {
    super();
  }
  takeNow(max: number): Buffer | null | undefined {
    return this.channel.shift(max);
  }
  ready(): Promise<void> {
    return this.channel.readable();
  }
  read(): Promise<Buffer | null> {
    return readPiece(this);
  }
  all(): Promise<Buffer> {
    return readAll(this);
  }
  protected closed(): void {
    this.channel.abandon();
  }
}

export class PipeWriter extends Counted implements Writer {
  override readonly sink = this;
  constructor(private readonly channel: Channel) {
    super();
  }
  write(data: string | Buffer): void {
    this.channel.push(typeof data === "string" ? Buffer.from(data) : data);
  }
  /** Ends the pipe, whoever else could still write into it. */
  end(): void {
    this.channel.end();
  }
  /** Resolves when the pipe has room again, or nobody reads any more. */
  drained(): Promise<void> {
    return this.channel.drained();
  }
  protected closed(): void {
    this.channel.end();
  }
}

/** A pipe. Its ends close when the last descriptor that refers to them goes. */
export function createPipe(): { reader: PipeReader; writer: PipeWriter } {
  const channel = new Channel();
  return { reader: new PipeReader(channel), writer: new PipeWriter(channel) };
}

/** Waits for the next piece of a source. */
export async function readPiece(source: Source, max = Number.POSITIVE_INFINITY) {
  for (;;) {
    const piece = source.takeNow(max);
    if (piece !== undefined) return piece;
    await source.ready();
  }
}

/** Everything up to the end of file. */
export async function readAll(source: Source): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = await readPiece(source);
    if (piece === null) return Buffer.concat(pieces);
    pieces.push(piece);
  }
}

/**
 * Waits until a writer has room. Tools that write without end (`yes`) or much (`tar`) await it between pieces;
 * without it a pipe takes whatever is written.
 */
export function drained(writer: Writer): Promise<void> {
  const pipe = writer as Writer & { drained?: () => Promise<void> };
  return pipe.drained?.() ?? Promise.resolve();
}
