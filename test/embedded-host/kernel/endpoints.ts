/** Ends that are no pipes: data in memory, collectors, and readers and writers that tools made themselves. */
import type { Reader, Writer } from "../contract.js";
import { Counted, type OpenFile, readAll, readPiece, type Source } from "./pipe.js";

/** A source of data that is already there. Descriptors that share it share its position. */
export class BufferSource extends Counted implements Source, Reader {
  override readonly source = this;
  private position = 0;
  constructor(private readonly data: Buffer) {
    super();
  }
  takeNow(max: number): Buffer | null {
    if (this.position >= this.data.length) return null;
    const end = Math.min(this.data.length, this.position + max);
    const taken = this.data.subarray(this.position, end);
    this.position = end;
    return taken;
  }
  ready(): Promise<void> {
    return Promise.resolve();
  }
  read(): Promise<Buffer | null> {
    return readPiece(this);
  }
  all(): Promise<Buffer> {
    return readAll(this);
  }
  protected closed(): void {
    this.position = this.data.length;
  }
}

/** A reader over data: for tools that feed another one. */
export function readerOf(data: Buffer | string): Reader {
  return new BufferSource(typeof data === "string" ? Buffer.from(data) : data);
}

/** A writer that keeps what is written. */
export class Collector implements Writer {
  private readonly pieces: Buffer[] = [];
  write(data: string | Buffer): void {
    this.pieces.push(typeof data === "string" ? Buffer.from(data) : data);
  }
  bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }
  text(): string {
    return this.bytes().toString();
  }
}

/** Makes an open file of a reader that a tool made itself. */
class AdaptedReader extends Counted implements Source {
  override readonly source = this;
  private piece: Buffer | null | undefined;
  private pending: Promise<void> | undefined;
  constructor(private readonly reader: Reader) {
    super();
  }
  takeNow(max: number): Buffer | null | undefined {
    const piece = this.piece;
    if (piece === undefined || piece === null) return piece;
    this.piece = piece.length <= max ? undefined : piece.subarray(max);
    return piece.subarray(0, Math.min(max, piece.length));
  }
  ready(): Promise<void> {
    if (this.piece !== undefined) return Promise.resolve();
    this.pending ??= this.reader.read().then((piece) => {
      this.piece = piece;
      this.pending = undefined;
    });
    return this.pending;
  }
  protected closed(): void {
    this.piece = null;
  }
}

/** Makes an open file of a writer that a tool made itself; such a writer has no end of its own. */
class AdaptedWriter extends Counted {
  constructor(override readonly sink: Writer) {
    super();
  }
  protected closed(): void {
    return;
  }
}

/** What a reader or writer refers to: itself when it is an open file, the file behind a process's own stream. */
export function openFileOf(end: Reader | Writer): OpenFile {
  const known = end as Partial<OpenFile> & { file?: OpenFile };
  if (known.file !== undefined) return known.file;
  if (typeof known.retain === "function") return end as unknown as OpenFile;
  return "write" in end ? new AdaptedWriter(end) : new AdaptedReader(end);
}
