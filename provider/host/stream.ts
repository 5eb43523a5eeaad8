/** A command in a channel of its own: data of any length goes in or out at the speed of both ends. */
import type { Readable, Writable } from "node:stream";
import type { CommandResult } from "../freebsd/command.js";
import { count } from "./counters.js";
import { connectionLost, lockBusy, type Place, shellRefused } from "./error-texts.js";
import type { HostError } from "./errors.js";
import type { Stream } from "./session.js";
import type { StreamScript } from "./stream-text.js";
import type { Channel } from "./transport.js";

/** What a command may write to stderr; the end says what went wrong. */
const MESSAGE_CAP = 65_536;
/** lockf's own EX_TEMPFAIL. */
const LOCK_BUSY = 75;

export class CommandStream implements Stream {
  readonly input: Writable;
  readonly output: Readable;
  readonly ended: Promise<CommandResult>;
  /** Resolves when the command takes or gives data; rejects with `HostError` when it never began. */
  readonly ready: Promise<void>;
  private messages = "";

  constructor(
    private readonly channel: Channel,
    private readonly script: StreamScript,
    private readonly place: Place,
  ) {
    this.input = channel.stdin;
    this.output = channel.stdout;
    // The end of the channel says that it was lost; a broken pipe before is only its first sign.
    for (const each of [channel.stdin, channel.stdout, channel.stderr]) {
      each.on("error", () => undefined);
    }
    let begin: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    channel.stderr.on("data", (chunk: Buffer) => {
      count({ bytesReceived: chunk.length });
      this.messages = (this.messages + chunk.toString("utf8")).slice(-MESSAGE_CAP);
      if (this.messages.includes(this.marker("ready"))) begin();
    });
    // What a command that takes data writes besides is not data.
    if (script.direction === "in") channel.stdout.resume();
    // A channel ends when all of it was read: where no command began, there is nobody else to read it.
    channel.stderr.once("end", () => {
      if (!this.messages.includes(this.marker("ready"))) channel.stdout.resume();
    });
    this.ended = channel.exit.then(({ status, cause }) => this.result(status, cause));
    this.ready = Promise.race([begun, this.ended.then((result) => this.refuse(result))]);
    // Whoever waits for one of them need not wait for the other.
    this.ready.catch(() => undefined);
    this.ended.catch(() => undefined);
    count({ bytesSent: Buffer.byteLength(script.text), roundTrips: 1, commands: 1 });
    channel.stdin.write(script.text);
  }

  destroy(): void {
    this.channel.destroy();
  }

  private marker(word: string): string {
    return `\n${this.script.nonce} ${word} `;
  }

  /** Only the command's own word counts: a channel that was closed says nothing of how it ended. */
  private result(status: number | undefined, cause: string): CommandResult {
    const at = this.messages.lastIndexOf(this.marker("end"));
    if (at < 0) throw this.lost(status, cause);
    const [, , own] = this.messages.slice(at + 1).split(/[ \n]/);
    return { status: Number(own), stdout: "", stderr: this.said(at) };
  }

  private said(to: number): string {
    const from = this.messages.lastIndexOf(this.marker("ready"), to);
    const text = this.messages.slice(0, to);
    return from < 0 ? text : text.slice(from).replace(/^\n\S+ ready 0\n/, "");
  }

  private lost(status: number | undefined, cause: string): HostError {
    const began = this.messages.includes(this.marker("ready"));
    if (!began && status !== undefined) return shellRefused(this.place, this.messages, status);
    return connectionLost(this.place, cause, this.script.command.mutates);
  }

  private refuse({ status, stderr }: CommandResult): never {
    throw status === LOCK_BUSY
      ? lockBusy(this.place, this.script.lock, 30)
      : shellRefused(this.place, stderr, status);
  }
}
