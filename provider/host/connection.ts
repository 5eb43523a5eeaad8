/**
 * One host, reached when needed: dials once for all who wait, redials after a loss, closes when
 * idle.
 */
import type { CommandResult } from "../freebsd/command.js";
import type { Section } from "./answer.js";
import type { Script } from "./batch.js";
import { count } from "./counters.js";
import {
  connectionLost,
  deadlinePassed,
  outputTooLong,
  type Place,
  shellRefused,
} from "./error-texts.js";
import type { HostError } from "./errors.js";
import { killGroup } from "./kill.js";
import { CommandStream } from "./stream.js";
import type { StreamScript } from "./stream-text.js";
import {
  type Channel,
  ChannelRefused,
  ConnectionGone,
  shellCommand,
  type Terminal,
  type Transport,
  type Window,
} from "./transport.js";
import { BatchFailure, OUTPUT_CAP, type Worker } from "./worker.js";
import { WorkerPool } from "./workers.js";

export interface ConnectionOptions {
  readonly place: Place;
  /** Makes the way to the host. Throws `HostError`. */
  readonly connect: () => Promise<Transport>;
  readonly become?: "doas" | "sudo";
  readonly maxSessions: number;
  /**
   * How often a shell that ended at once for a passing reason is tried again; -1 without limit.
   * Default 0.
   */
  readonly retries?: number;
  /** Bytes that the answer to one batch may hold. Default 8 MiB. */
  readonly outputCap?: number;
  /** Milliseconds without a batch after which the connection is closed. Default 30 s. */
  readonly idleTime?: number;
}

const IDLE_TIME = 30_000;
/** How often a connection may be found dead before a batch is sent, until that is the answer. */
const FRESH_ATTEMPTS = 3;

interface Live {
  readonly transport: Transport;
  readonly workers: WorkerPool;
}

export class Connection {
  /** Answers that hold as long as the connection does, by `commandKey`. */
  stable = new Map<string, CommandResult>();
  private live: Live | undefined;
  private dialling: Promise<Live> | undefined;
  private running = 0;
  private idleTimer: NodeJS.Timeout | undefined;
  private readonly command: string;

  constructor(private readonly options: ConnectionOptions) {
    this.command = shellCommand(options.become);
  }

  /** Runs a batch on a free worker. Throws `HostError`. */
  async run(script: Script): Promise<Section[]> {
    this.begin();
    try {
      const { worker, workers } = await this.acquire();
      try {
        return await worker.run(script, this.capOf(script));
      } catch (error) {
        if (!(error instanceof BatchFailure)) throw error;
        throw await this.explain(error, script, worker);
      } finally {
        workers.release(worker);
      }
    } finally {
      this.finish();
    }
  }

  /** Starts a command in a channel of its own. Throws `HostError` when it does not begin. */
  async stream(script: StreamScript): Promise<CommandStream> {
    this.begin();
    const finish = () => this.finish();
    const channel = await this.openChannel((transport) => transport.openShell(this.command)).catch(
      (error: unknown) => {
        finish();
        throw error;
      },
    );
    const stream = new CommandStream(channel, script, this.options.place);
    void stream.ended.then(finish, finish);
    await stream.ready.catch((error: unknown) => {
      stream.destroy();
      throw error;
    });
    return stream;
  }

  /** Starts a command for a person. Throws `HostError`. */
  async terminal(command: string, window?: Window): Promise<Terminal> {
    this.begin();
    const finish = () => this.finish();
    try {
      const terminal = await this.openChannel((transport) =>
        transport.openTerminal(command, window),
      );
      void terminal.exit.then(finish);
      return terminal;
    } catch (error) {
      finish();
      throw error;
    }
  }

  /** Closes the connection; the next batch dials again. */
  close(): void {
    clearTimeout(this.idleTimer);
    this.drop(this.live, "closed");
  }

  private async acquire(): Promise<{ worker: Worker; workers: WorkerPool }> {
    let cause = "";
    for (let attempt = 0; attempt < FRESH_ATTEMPTS; attempt++) {
      const live = await this.reach();
      live.transport.setBusy(true);
      try {
        const worker = await live.workers.acquire();
        live.transport.setBusy(true);
        return { worker, workers: live.workers };
      } catch (error) {
        if (!(error instanceof ConnectionGone)) throw error;
        cause = error.message;
        this.drop(live, cause);
      }
    }
    throw connectionLost(this.options.place, cause, false);
  }

  private async openChannel<T>(open: (transport: Transport) => Promise<T>): Promise<T> {
    const { place } = this.options;
    let cause = "";
    for (let attempt = 0; attempt < FRESH_ATTEMPTS; attempt++) {
      const live = await this.reach();
      try {
        const channel = await open(live.transport);
        live.transport.setBusy(true);
        return channel;
      } catch (error) {
        if (error instanceof ChannelRefused) throw shellRefused(place, error.message, undefined);
        if (!(error instanceof ConnectionGone)) throw error;
        cause = error.message;
        this.drop(live, cause);
      }
    }
    throw connectionLost(place, cause, false);
  }

  /** The live connection; all who ask while it is dialled share the one attempt. */
  private reach(): Promise<Live> {
    if (this.live) return Promise.resolve(this.live);
    this.dialling ??= this.dial().finally(() => {
      this.dialling = undefined;
    });
    return this.dialling;
  }

  private async dial(): Promise<Live> {
    const { place, connect, maxSessions, retries = 0 } = this.options;
    const transport = await connect();
    const workers = new WorkerPool(transport, place, this.command, maxSessions, retries);
    const live = { transport, workers };
    void transport.closed.then((cause) => this.drop(live, cause));
    count({ connections: 1 });
    this.live = live;
    return live;
  }

  private drop(live: Live | undefined, cause: string): void {
    if (live === undefined) return;
    if (this.live === live) {
      this.live = undefined;
      this.stable = new Map();
    }
    live.workers.close(new ConnectionGone(cause));
    live.transport.end();
  }

  /** Bytes that its answer may have. */
  private capOf({ answerSize }: Script): number {
    return (this.options.outputCap ?? OUTPUT_CAP) + answerSize;
  }

  private async explain(failure: BatchFailure, script: Script, worker: Worker): Promise<HostError> {
    const { place } = this.options;
    // A new shell may be on a host that was booted meanwhile.
    this.stable = new Map();
    if (failure.kind === "lost") return connectionLost(place, failure.message, script.mutates);
    const ended = await this.end(worker);
    return failure.kind === "overflow"
      ? outputTooLong(place, this.capOf(script), script.mutates)
      : deadlinePassed(place, script.deadline, script.commands, ended);
  }

  /**
   * Ends what a worker runs, over the same connection or, when that gives no channel, over a new
   * one.
   */
  private async end(worker: Worker): Promise<boolean> {
    const channel = await this.openAside();
    if (channel === undefined) return false;
    const ended = await killGroup(channel.shell, worker.group);
    channel.transport?.end();
    return ended;
  }

  private async openAside(): Promise<{ shell: Channel; transport?: Transport } | undefined> {
    try {
      const shell = await this.live?.transport.openShell(this.command);
      if (shell) return { shell };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
    return await this.openElsewhere();
  }

  private async openElsewhere(): Promise<{ shell: Channel; transport: Transport } | undefined> {
    let transport: Transport | undefined;
    try {
      transport = await this.options.connect();
      return { shell: await transport.openShell(this.command), transport };
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      transport?.end();
      return undefined;
    }
  }

  private begin(): void {
    this.running++;
    clearTimeout(this.idleTimer);
    this.live?.transport.setBusy(true);
  }

  private finish(): void {
    this.running--;
    if (this.running > 0) return;
    this.live?.transport.setBusy(false);
    this.idleTimer = setTimeout(() => this.close(), this.options.idleTime ?? IDLE_TIME);
    this.idleTimer.unref();
  }
}
