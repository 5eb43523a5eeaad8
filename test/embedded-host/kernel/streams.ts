/** Standard input and output as a program sees them: descriptors of its process, and the end of it when killed. */
import { BrokenPipe, FsError, type Reader, type Writer } from "../contract.js";
import { drained, type OpenFile } from "./pipe.js";
import type { KernelProcess } from "./process.js";

const STDERR = 2;

export class ProcessReader implements Reader {
  constructor(
    private readonly process: KernelProcess,
    private readonly descriptor = 0,
  ) {}

  /** What the descriptor refers to now, to hand it on to a child. */
  get file(): OpenFile | undefined {
    return this.process.descriptors.get(this.descriptor);
  }

  /** At most `max` bytes (nothing open is like the end of file): what comes after them stays for whoever shares this input. */
  async take(max: number): Promise<Buffer | null> {
    for (;;) {
      this.process.check();
      const source = this.file?.source;
      if (source === undefined) return null;
      const piece = source.takeNow(max);
      if (piece !== undefined) return piece;
      await this.process.interruptible(source.ready());
    }
  }

  /** As `take`, but undefined when one would have to wait. */
  takeNow(max: number): Buffer | null | undefined {
    this.process.check();
    const source = this.file?.source;
    return source === undefined ? null : source.takeNow(max);
  }

  read(): Promise<Buffer | null> {
    return this.take(Number.POSITIVE_INFINITY);
  }

  async all(): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for (;;) {
      const piece = await this.read();
      if (piece === null) return Buffer.concat(pieces);
      pieces.push(piece);
    }
  }
}

export class ProcessWriter implements Writer {
  constructor(
    private readonly process: KernelProcess,
    private readonly descriptor: number,
  ) {}

  get file(): OpenFile | undefined {
    return this.process.descriptors.get(this.descriptor);
  }

  write(data: string | Buffer): void {
    this.process.check();
    const sink = this.file?.sink;
    // Nothing is open there: real programs get EBADF from write(2), and few of them look.
    if (sink === undefined) return;
    try {
      sink.write(data);
    } catch (error) {
      if (error instanceof BrokenPipe) throw this.process.broken();
      // No program looks whether its complaint could be written (to a file on a full disk).
      if (this.descriptor !== STDERR || !(error instanceof FsError)) throw error;
    }
  }

  /** Waits until the other end has room: see `drained` in pipe.ts. */
  drained(): Promise<void> {
    const sink = this.file?.sink;
    return sink === undefined ? Promise.resolve() : this.process.interruptible(drained(sink));
  }
}
