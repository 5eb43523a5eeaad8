/** One long-lived shell on the host: takes a batch, gives its answer, one after another. */
import { AnswerReader, type Section } from "./answer.js";
import type { Script } from "./batch.js";
import { count } from "./counters.js";
import { PRELUDE } from "./prelude.js";
import { makeNonce } from "./script.js";
import type { Channel, Transport } from "./transport.js";

/** Why a batch has no answer. The worker is of no use afterwards. */
export class BatchFailure extends Error {
  constructor(
    readonly kind: "lost" | "deadline" | "overflow",
    cause: string,
  ) {
    super(cause);
  }
}

/** The shell ended, or stayed silent, before it was ready. */
export class ShellFailure extends Error {
  constructor(
    readonly status: number | undefined,
    readonly stderr: string,
  ) {
    super("the shell did not begin");
  }
}

/** Bytes that the answer to one batch may hold. */
export const OUTPUT_CAP = 8 * 1024 * 1024;
const HELLO_SECONDS = 60;
const LONGEST_TIMER = 2 ** 31 - 1;

interface Waiting {
  readonly reader: AnswerReader;
  succeed(): void;
  fail(failure: BatchFailure): void;
}

/**
 * Asks the shell for its process group, and makes it start the one that takes the batches, with its
 * output through cat. FreeBSD's sshd gives a login one socket for input and output: whatever
 * inherits that as its output, a process in a jail say, could read from it what is sent to the
 * worker. The second shell begins to read when the first has answered, so no input is lost.
 */
function helloText(nonce: string): string {
  const ask = `_n=${nonce}\n_m begin 0\n_o c0 ps -o pgid= -p $$ </dev/null\n_m end 0\n`;
  return `${PRELUDE}{\n${ask}/bin/sh | /bin/cat\nexit\n}\n`;
}

export class Worker {
  /** Process group of the shell and all that it starts. */
  group = 0;
  /** Whether it can take another batch. */
  usable = true;
  /** Whether the shell knows the prelude. */
  private prepared = false;
  private waiting: Waiting | undefined;

  private constructor(private readonly channel: Channel) {
    channel.stdout.on("data", (chunk: Buffer) => this.receive("stdout", chunk));
    channel.stderr.on("data", (chunk: Buffer) => this.receive("stderr", chunk));
    // Only the end counts: a pipe may break before the words that say why have been read.
    let broken: string | undefined;
    for (const stream of [channel.stdin, channel.stdout, channel.stderr]) {
      stream.on("error", (error: Error) => {
        broken ??= error.message;
      });
    }
    void channel.exit.then(({ cause }) => this.give("lost", broken ?? cause));
  }

  /**
   * Starts a shell and waits until it is ready. Throws `ShellFailure`, or what `openShell` throws.
   */
  static async start(transport: Transport, command: string): Promise<Worker> {
    const channel = await transport.openShell(command);
    const worker = new Worker(channel);
    const nonce = makeNonce();
    const reader = new AnswerReader(nonce, OUTPUT_CAP);
    try {
      await worker.send(helloText(nonce), reader, HELLO_SECONDS);
    } catch (error) {
      worker.discard();
      if (!(error instanceof BatchFailure)) throw error;
      const ended = error.kind === "lost" ? await channel.exit : undefined;
      const stderr = reader.unfinishedStderr();
      throw new ShellFailure(ended?.status, stderr.trim() === "" ? error.message : stderr);
    }
    const answer = reader.sections().find((section) => section.tag === "c0");
    worker.group = Number(answer?.stdout.toString("latin1").trim());
    count({ roundTrips: 1 });
    return worker;
  }

  /** Runs a batch. Throws `BatchFailure`. */
  async run(script: Script, cap: number): Promise<Section[]> {
    const reader = new AnswerReader(script.nonce, cap);
    const prelude = this.prepared ? "" : PRELUDE;
    this.prepared = true;
    await this.send(prelude + script.text, reader, script.deadline);
    const sections = reader.sections();
    const ran = sections.filter(({ tag }) => /^[cfv][0-9]/.test(tag)).length;
    count({ roundTrips: 1, commands: ran });
    return sections;
  }

  /** Lets go of the shell; what it runs is not ended by this. */
  discard(): void {
    this.usable = false;
    this.channel.destroy();
  }

  private async send(text: string, reader: AnswerReader, seconds: number): Promise<void> {
    if (!this.usable) throw new BatchFailure("lost", "the shell has ended");
    if (this.waiting) throw new TypeError("a worker runs one batch at a time");
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((succeed, fail) => {
        this.waiting = { reader, succeed, fail };
        // Armed before anything is sent: sending can hang, too.
        timer = setTimeout(
          () => this.give("deadline", `no answer within ${seconds} s`),
          Math.min(seconds * 1000, LONGEST_TIMER),
        );
        count({ bytesSent: Buffer.byteLength(text) });
        this.channel.stdin.write(text);
      });
    } finally {
      clearTimeout(timer);
      this.waiting = undefined;
    }
  }

  private receive(stream: "stdout" | "stderr", chunk: Buffer): void {
    count({ bytesReceived: chunk.length });
    // What arrives between batches was written by something left running; it answers nothing.
    if (!this.waiting) return;
    const { reader, succeed } = this.waiting;
    reader.push(stream, chunk);
    if (reader.overflowed) this.give("overflow", "the answer is too long");
    else if (reader.complete) succeed();
  }

  private give(kind: BatchFailure["kind"], cause: string): void {
    this.usable = false;
    this.waiting?.fail(new BatchFailure(kind, cause));
  }
}
