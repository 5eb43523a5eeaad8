/** Takes the output of a command on one host to the input of a command on another, through this process. */
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { CommandResult } from "../freebsd/command.js";
import { count } from "./counters.js";
import type { Stream } from "./session.js";

export interface RelayOptions {
  /** Told now and then how many bytes have passed. */
  readonly report: (bytes: number) => void;
  /** Milliseconds between two reports. Default 5000. */
  readonly interval?: number;
  /** Seconds without a single byte, also at the end, after which it is given up. Default 1800. */
  readonly patience?: number;
}

/** One of both commands ended, and not well. */
export class RelayFailure extends Error {
  constructor(
    readonly side: "from" | "to",
    readonly result: CommandResult,
  ) {
    super(result.stderr.trim() || `it ended with status ${result.status}`);
  }
}

/** Milliseconds in which the other end may say why it broke the pipe. */
const GRACE = 1000;

/**
 * Resolves with the number of bytes when both commands ended well. Neither end is read faster than the other takes
 * it. Throws `RelayFailure`, or the `HostError` of a lost connection; both channels are closed then.
 */
export async function relay(from: Stream, to: Stream, options: RelayOptions): Promise<number> {
  const meter = new Meter();
  const stall = watch(meter, options, () => {
    from.destroy();
    to.destroy();
  });
  const parts = [good("to", to), good("from", from), pipeline(from.output, meter, to.input)];
  try {
    await Promise.all(parts);
    return meter.bytes;
  } catch {
    throw await explain(parts, from, to, stall);
  } finally {
    stall.stop();
    count({ bytesReceived: meter.bytes, bytesSent: meter.bytes });
  }
}

class Meter extends Transform {
  bytes = 0;

  override _transform(chunk: Buffer, _encoding: string, done: (error: null, data: Buffer) => void) {
    this.bytes += chunk.length;
    done(null, chunk);
  }
}

async function good(side: "from" | "to", stream: Stream): Promise<void> {
  const result = await stream.ended;
  if (result.status !== 0) throw new RelayFailure(side, result);
}

interface Watch {
  stop(): void;
  stalled: boolean;
}

/** Reports, and gives up on a relay that stands still. */
function watch(meter: Meter, options: RelayOptions, giveUp: () => void): Watch {
  const { report, interval = 5000, patience = 1800 } = options;
  let last = -1;
  let since = Date.now();
  const state: Watch = { stop: () => clearInterval(timer), stalled: false };
  const timer = setInterval(() => {
    if (meter.bytes !== last) {
      last = meter.bytes;
      since = Date.now();
      report(meter.bytes);
    } else if (Date.now() - since > patience * 1000) {
      state.stalled = true;
      giveUp();
    }
  }, interval);
  return state;
}

/** A broken pipe is what the other end's failure looks like: the end that says why is believed. */
async function explain(
  parts: readonly Promise<void>[],
  from: Stream,
  to: Stream,
  { stalled }: Watch,
): Promise<Error> {
  const causes: (Error | undefined)[] = [];
  const watched = parts.map((part, i) =>
    part.catch((error: Error) => {
      causes[i] = error;
    }),
  );
  await Promise.race([Promise.all(watched), sleep(GRACE, undefined, { ref: false })]);
  const [sink, source, pipe] = [...causes];
  from.destroy();
  to.destroy();
  if (stalled) return new Error("no byte came through for too long");
  const said = [sink, source].find((each) => each instanceof RelayFailure);
  return said ?? source ?? sink ?? pipe ?? new Error("the connection was lost");
}
