/**
 * Reads the answer to a batch from the two streams of its shell, as it arrives in pieces of any
 * size. Pure.
 *
 * Each stream is cut into sections by lines "<nonce> <tag> <status>" that the batch writes after
 * each command. The nonce is random and new for each batch, so nothing that a command writes is
 * taken for such a line.
 */

/** What stood before a marker, since the one before it. */
export interface Section {
  readonly tag: string;
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

const NEWLINE = 0x0a;

/** One stream: grows a buffer and cuts off finished sections. */
class StreamReader {
  readonly sections: { tag: string; status: number; content: Buffer }[] = [];
  ended = false;
  private buffer = Buffer.alloc(0);
  /**
   * Where the unfinished section begins, how far the marker was looked for, where the data ends.
   */
  private start = 0;
  private scanned = 0;
  private length = 0;
  private readonly needle: Buffer;

  constructor(nonce: string) {
    this.needle = Buffer.from(`\n${nonce} `);
  }

  push(chunk: Buffer): void {
    this.append(chunk);
    while (!this.ended && this.cutSection()) {
      // Each turn cuts one section.
    }
  }

  /** What arrived after the last marker. */
  rest(): Buffer {
    return Buffer.from(this.buffer.subarray(this.start, this.length));
  }

  private append(chunk: Buffer): void {
    const kept = this.length - this.start;
    const needed = kept + chunk.length;
    const room =
      needed > this.buffer.length
        ? Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2, 4096))
        : this.buffer;
    this.buffer.copy(room, 0, this.start, this.length);
    chunk.copy(room, kept);
    this.buffer = room;
    this.scanned -= this.start;
    this.start = 0;
    this.length = needed;
  }

  private cutSection(): boolean {
    const data = this.buffer.subarray(0, this.length);
    const at = data.indexOf(this.needle, this.scanned);
    if (at < 0) {
      this.scanned = Math.max(this.start, this.length - this.needle.length + 1);
      return false;
    }
    this.scanned = at;
    const end = data.indexOf(NEWLINE, at + this.needle.length);
    if (end < 0) return false;
    const words = data.toString("latin1", at + this.needle.length, end).split(" ");
    const tag = words[0] ?? "";
    const content = Buffer.from(data.subarray(this.start, at));
    this.sections.push({ tag, status: Number(words[1]), content });
    this.ended = tag === "end";
    this.start = end + 1;
    this.scanned = this.start;
    return true;
  }
}

export class AnswerReader {
  private readonly stdout: StreamReader;
  private readonly stderr: StreamReader;
  private received = 0;

  /** `cap`: bytes that both streams together may hold. */
  constructor(
    nonce: string,
    private readonly cap: number,
  ) {
    this.stdout = new StreamReader(nonce);
    this.stderr = new StreamReader(nonce);
  }

  push(stream: "stdout" | "stderr", chunk: Buffer): void {
    this.received += chunk.length;
    if (!this.overflowed) this[stream].push(chunk);
  }

  /** More came than the cap allows; the answer is useless. */
  get overflowed(): boolean {
    return this.received > this.cap;
  }

  /** The end marker came on both streams. */
  get complete(): boolean {
    return this.stdout.ended && this.stderr.ended;
  }

  /** Sections that are finished on both streams, in order. */
  sections(): Section[] {
    return this.stdout.sections.flatMap((out, index) => {
      const err = this.stderr.sections[index];
      if (err === undefined || err.tag !== out.tag) return [];
      return [{ tag: out.tag, status: out.status, stdout: out.content, stderr: err.content }];
    });
  }

  /** What stderr holds beyond the last marker: why a shell never began. */
  unfinishedStderr(): string {
    return this.stderr.rest().toString("utf8");
  }
}
