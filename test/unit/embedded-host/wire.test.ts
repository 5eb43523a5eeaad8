/** The wire between a client and the SSH server: delay, order, and how it is cut. */
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Wire } from "../../embedded-host/ssh/wire.js";

/** A socket that keeps what is written to it. */
class FakeSocket extends Duplex {
  readonly sent: string[] = [];
  setNoDelay(): this {
    return this;
  }
  override _read(): void {
    return;
  }
  override _write(data: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.sent.push(data.toString());
    done();
  }
}

let socket: FakeSocket;
let received: string[];

function wireWith(latency: () => number): Wire {
  const wire = new Wire(socket as unknown as Socket, latency, { bytesIn: 0, bytesOut: 0 });
  wire.on("data", (data: Buffer) => received.push(data.toString()));
  return wire;
}

/** Lets streams do what they have put off to the next tick. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  socket = new FakeSocket();
  received = [];
});
afterEach(() => {
  vi.useRealTimers();
});

it("delays both ways, and keeps the order when the delay changes", async () => {
  let latency = 20;
  const wire = wireWith(() => latency);
  socket.emit("data", Buffer.from("one"));
  wire.write("answer");
  latency = 0;
  socket.emit("data", Buffer.from("two"));
  await vi.advanceTimersByTimeAsync(10);
  await settle();
  expect([received, socket.sent]).toEqual([[], []]);
  await vi.advanceTimersByTimeAsync(15);
  await settle();
  expect(received.join(" ")).toBe("one two");
  expect(socket.sent).toEqual(["answer"]);
});

it("passes on at once without a delay", async () => {
  const wire = wireWith(() => 0);
  socket.emit("data", Buffer.from("now"));
  wire.write("at once");
  await settle();
  expect([received, socket.sent]).toEqual([["now"], ["at once"]]);
});

it("ends with the client, unless it was cut silently", async () => {
  const ended = vi.fn();
  wireWith(() => 0).on("close", ended);
  socket.destroy();
  await settle();
  expect(ended).toHaveBeenCalled();

  socket = new FakeSocket();
  const silent = wireWith(() => 0);
  const unheard = vi.fn();
  silent.on("close", unheard);
  silent.cut(true);
  silent.write("into nothing");
  await settle();
  expect([unheard.mock.calls.length, socket.sent]).toEqual([0, []]);
});
