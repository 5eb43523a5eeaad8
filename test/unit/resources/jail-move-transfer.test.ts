/** A copy on its way between two machines: no faster than the slower one, told of meanwhile, and given up when it stands still. */
import { PassThrough, Readable, Writable } from "node:stream";
import { expect, it } from "vitest";
import { look } from "../../../provider/freebsd/command.js";
import { relay } from "../../../provider/host/relay.js";
import type { Stream } from "../../../provider/host/session.js";
import { type Route, transfer } from "../../../provider/resources/jail-move-transfer.js";
import { jailTarget } from "./pictures.js";

const done = { status: 0, stdout: "", stderr: "" };
const megabyte = 2 ** 20;
const quiet = { report: () => undefined };

/** Gives so many bytes as fast as they are taken, and counts those that it has given. */
class Source extends Readable {
  given = 0;

  constructor(private readonly size: number) {
    super();
  }

  override _read(): void {
    const chunk = Buffer.alloc(Math.min(65_536, this.size - this.given));
    this.given += chunk.length;
    this.push(chunk.length === 0 ? null : chunk);
  }
}

/** Takes one piece each time it is told to. */
class Sink extends Writable {
  taken = 0;
  private waiting: (() => void) | undefined;

  override _write(chunk: Buffer, _encoding: string, next: () => void): void {
    this.waiting = () => {
      this.taken += chunk.length;
      next();
    };
  }

  async take(): Promise<void> {
    while (this.waiting === undefined) await turn();
    const { waiting } = this;
    this.waiting = undefined;
    waiting();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

function streamOf(ends: { input?: Writable; output?: Readable }): Stream {
  const { input = new PassThrough(), output = new PassThrough() } = ends;
  const end = ends.input ?? ends.output!;
  const ended = new Promise<typeof done>((resolve) => end.once("close", () => resolve(done)));
  return {
    input,
    output,
    ended,
    destroy() {
      input.destroy();
      output.destroy();
    },
  };
}

it("the source is read as fast as the sink takes it, however large it is", async () => {
  const source = new Source(64 * megabyte);
  const sink = new Sink();
  const copied = relay(streamOf({ output: source }), streamOf({ input: sink }), quiet);
  let ahead = 0;
  while (sink.taken < source.given || source.given < 64 * megabyte) {
    await sink.take();
    for (let i = 0; i < 3; i++) await turn();
    ahead = Math.max(ahead, source.given - sink.taken);
  }
  expect(await copied).toBe(64 * megabyte);
  expect(ahead).toBeLessThan(megabyte);
});

it("tells now and then how far it is, of how much, from where and to where", async () => {
  const source = new Source(2 * megabyte);
  const sink = new Sink();
  const lines: string[] = [];
  const side = (name: string, stream: Stream) => ({
    target: jailTarget(),
    context: {
      session: { name, stream: async () => stream } as never,
      report: (line: string) => void lines.push(line),
      reportInterval: 1,
      pause: async () => undefined,
    },
  });
  const route: Route = {
    from: side("root@a:22", streamOf({ output: source })),
    to: side("root@b:22", streamOf({ input: sink })),
    left: undefined as never,
    size: 2 * megabyte,
  };
  const copied = transfer(route, look(["tar", "-cf", "-"]), look(["tar", "-xf", "-"]));
  while (sink.taken < megabyte) await sink.take();
  while (lines.length === 0) await turn();
  while (sink.taken < 2 * megabyte) await sink.take();
  await copied;
  expect(lines[0]).toMatch(
    /^web: \d\.\d MiB of about 2\.0 MiB copied from root@a:22 to root@b:22$/,
  );
});

it("gives up when no byte comes through for too long", async () => {
  const never = new Readable({ read: () => undefined });
  const options = { ...quiet, interval: 1, patience: 0 };
  const copied = relay(streamOf({ output: never }), streamOf({ input: new Sink() }), options);
  await expect(copied).rejects.toThrow("no byte came through for too long");
});
