/** The wire between a client's socket and the SSH server: it counts, delays, and can be cut. */
import type { Socket } from "node:net";
import { Duplex } from "node:stream";

export interface WireTraffic {
  bytesIn: number;
  bytesOut: number;
}

/** Does things later, in the order in which they were asked for. */
class Delay {
  private readonly waiting: { due: number; action: () => void }[] = [];
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly milliseconds: () => number) {}

  do(action: () => void): void {
    const delay = this.milliseconds();
    if (delay === 0 && this.waiting.length === 0) {
      action();
      return;
    }
    this.waiting.push({ due: performance.now() + delay, action });
    this.arm();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.waiting.length = 0;
  }

  private arm(): void {
    const first = this.waiting[0];
    if (first === undefined || this.timer !== undefined) return;
    this.timer = setTimeout(
      () => {
        this.timer = undefined;
        this.flush();
      },
      Math.max(0, first.due - performance.now()),
    );
  }

  private flush(): void {
    // A timer may fire a little early; what is due within a millisecond goes now.
    const now = performance.now() + 1;
    while (this.waiting[0] !== undefined && this.waiting[0].due <= now)
      this.waiting.shift()?.action();
    this.arm();
  }
}

export class Wire extends Duplex {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly remoteFamily: string | undefined;
  /** The client has gone and nobody told this end: what is written vanishes. */
  private vanished = false;
  private readonly incoming: Delay;
  private readonly outgoing: Delay;

  constructor(
    private readonly socket: Socket,
    latency: () => number,
    private readonly traffic: WireTraffic,
  ) {
    super({ allowHalfOpen: true });
    this.incoming = new Delay(latency);
    this.outgoing = new Delay(latency);
    this.remoteAddress = socket.remoteAddress;
    this.remotePort = socket.remotePort;
    this.remoteFamily = socket.remoteFamily;
    socket.setNoDelay(true);
    socket.on("data", (data) => this.receive(data));
    socket.on("end", () => this.incoming.do(() => this.push(null)));
    // A reset connection is a lost one: "close" follows and tells.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => this.incoming.do(() => this.lost()));
  }

  /** Cuts the connection. `silent`: only the client notices. */
  cut(silent: boolean): void {
    this.vanished = silent;
    this.outgoing.stop();
    this.socket.destroy();
    if (!silent) this.destroy();
  }

  override _read(): void {
    this.socket.resume();
  }

  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.traffic.bytesOut += data.length;
    if (this.vanished || this.socket.destroyed) {
      done();
      return;
    }
    let written = false;
    this.outgoing.do(() => {
      written = this.socket.write(data);
    });
    // With a delay the socket's own queue is bounded by the windows of the channels.
    if (written || this.socket.writableLength === 0) done();
    else this.socket.once("drain", done).once("close", done);
  }

  override _final(done: () => void): void {
    this.outgoing.do(() => this.socket.end());
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.incoming.stop();
    this.outgoing.stop();
    this.socket.destroy();
    done(error);
  }

  private receive(data: Buffer): void {
    this.traffic.bytesIn += data.length;
    this.incoming.do(() => {
      if (!this.push(data)) this.socket.pause();
    });
  }

  private lost(): void {
    if (!this.vanished) this.destroy();
  }
}
