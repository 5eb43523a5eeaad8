/** One exec channel: a process of the machine with its three streams on the wire. */
import type { ServerChannel } from "ssh2";
import { BrokenPipe, FsError, type SpawnOptions } from "../contract.js";
import { createPipe, type PipeReader, type PipeWriter, readPiece } from "../kernel/pipe.js";
import type { KernelProcess } from "../kernel/process.js";
import type { Kernel } from "../kernel/processes.js";
import { signalName } from "../kernel/signals.js";
import { Terminal, type WindowSize } from "../kernel/terminal.js";
import { isReadable, loginArguments } from "./login-shell.js";
import type { loginOf } from "./users.js";

/** What a client asks for with a terminal ("pty-req" of RFC 4254). */
export interface TerminalRequest extends WindowSize {
  /** TERM: what kind of terminal sits at the other end. */
  readonly kind: string;
}

export type Login = NonNullable<ReturnType<typeof loginOf>>;

/** Told of data that went over a channel. */
export interface Meter {
  received(): void;
  sent(): void;
}

const PIECE = 32768;
/** ^D, which a terminal takes for the end of its input. */
const END_OF_FILE = Buffer.from("\x04");

/** Lets what is written reach the other end, which may live in the same process. */
async function turnTwice(): Promise<void> {
  for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

export class ExecSession {
  private readonly input = createPipe();
  private readonly output = createPipe();
  private readonly errors = createPipe();
  private process: KernelProcess | undefined;
  private hungUp = false;
  private terminal: Terminal | undefined;
  private giveUp: () => void = () => undefined;
  private readonly gone = new Promise<void>((resolve) => {
    this.giveUp = resolve;
  });

  constructor(
    private readonly kernel: Kernel,
    private readonly channel: ServerChannel,
    private readonly meter: Meter,
  ) {
    this.input.writer.retain();
    this.output.reader.retain();
    this.errors.reader.retain();
  }

  /** Puts a terminal between the client and the process, instead of three streams. */
  openTerminal(name: string, window: WindowSize): void {
    const { writer } = this.output;
    writer.retain();
    this.terminal = new Terminal(name, window, (data) => {
      // After the session nobody sees what a background process still says.
      if (!this.hungUp && this.process?.end === undefined) writer.write(data);
    });
  }

  resize(window: WindowSize): void {
    this.terminal?.resize(window);
  }

  /** Runs the command to its end, and closes the channel. */
  async run(login: Login, command: string | undefined, environment: Map<string, string>) {
    this.takeInput(this.input.writer);
    // No real sshd starts a process before its answer to the request has arrived.
    await turnTwice();
    const process = this.startShell(login, command, environment);
    const pumps = Promise.all([
      this.pump(this.output.reader, this.channel),
      // A terminal has no second stream.
      this.terminal ? undefined : this.pump(this.errors.reader, this.channel.stderr),
    ]);
    if (process !== undefined) {
      const ended = await process.ended;
      this.terminal?.hangUp();
      if (this.terminal) this.output.writer.end();
      if (!this.hungUp) {
        if (ended.signal === undefined) this.channel.exit(ended.status);
        else this.channel.exit(signalName(ended.signal));
      }
    }
    await pumps;
    if (!this.hungUp) this.channel.end();
  }

  /** A signal that the client sends to the process group. */
  signal(signal: number): void {
    if (this.process !== undefined) this.kernel.kill(-this.process.pgid, signal);
  }

  /** The client has gone: the process finds its pipes closed, and goes on as long as it writes nothing. */
  hangUp(): void {
    if (this.hungUp) return;
    this.hungUp = true;
    this.giveUp();
    this.terminal?.hangUp();
    this.input.writer.release();
    this.output.reader.release();
    this.errors.reader.release();
  }

  private startShell(
    login: Login,
    command: string | undefined,
    env: Map<string, string>,
  ): KernelProcess | undefined {
    const { terminal } = this;
    const streams: SpawnOptions = terminal
      ? { stdin: terminal, stdout: terminal, stderr: terminal }
      : { stdin: this.input.reader, stdout: this.output.writer, stderr: this.errors.writer };
    if (command !== undefined && !isReadable(login.shell, command)) {
      return this.refuse(`${login.shell}: csh and sh read this differently: ${command}\n`);
    }
    try {
      const { credentials, home: cwd } = login;
      const argv = loginArguments(login.shell, command);
      const options = { ...streams, env, cwd, credentials, newGroup: true };
      this.process = this.kernel.spawn(undefined, argv, options);
      terminal?.lead(this.process);
      return this.process;
    } catch (error) {
      if (error instanceof FsError) return this.refuse(`${login.shell}: ${error.message}\n`);
      throw error;
    }
  }

  /** Answers in the place of a shell that could not be started. */
  private refuse(text: string): undefined {
    this.errors.writer.retain();
    this.errors.writer.write(text);
    this.errors.writer.release();
    this.output.writer.retain();
    this.output.writer.release();
    this.channel.exit(1);
    return undefined;
  }

  private takeInput(writer: PipeWriter): void {
    this.channel.on("data", (data: Buffer) => {
      this.meter.received();
      if (this.terminal) {
        this.terminal.type(data);
        return;
      }
      try {
        writer.write(data);
      } catch (error) {
        // Nobody reads it any more; what the client still sends is dropped.
        if (!(error instanceof BrokenPipe)) throw error;
        return;
      }
      this.channel.pause();
      void Promise.race([writer.drained(), this.gone]).then(() => this.channel.resume());
    });
    this.channel.on("end", () => {
      if (this.terminal) this.terminal.type(END_OF_FILE);
      else if (!this.hungUp) writer.end();
    });
  }

  /** Sends what a pipe brings, at the speed at which the client takes it. */
  private async pump(reader: PipeReader, stream: NodeJS.WritableStream): Promise<void> {
    for (;;) {
      const piece = await Promise.race([readPiece(reader, PIECE), this.gone]);
      if (piece === null || piece === undefined || this.hungUp) return;
      this.meter.sent();
      const sent = new Promise<void>((resolve) => stream.write(piece, () => resolve()));
      await Promise.race([sent, this.gone]);
    }
  }
}
