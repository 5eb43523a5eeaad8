import { EventEmitter } from "node:events";
import type { Client } from "ssh2";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { keepAlive } from "../../../provider/host/keepalive.js";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A client whose peer answers as `answer` does. */
function watch(answer: (callback: () => void) => void) {
  const events = new EventEmitter();
  const asked = vi.fn((_address: string, _port: number, callback: () => void) => answer(callback));
  const drops: string[] = [];
  const client = { once: events.once.bind(events), unforwardIn: asked } as unknown as Client;
  keepAlive(client, (cause) => drops.push(cause));
  return { asked, drops, close: () => events.emit("close") };
}

test("a peer that answers is kept", () => {
  const { asked, drops } = watch((callback) => callback());
  vi.advanceTimersByTime(10 * 60_000);
  expect(asked.mock.calls.length).toBeGreaterThan(10);
  expect(drops).toEqual([]);
});

test("a peer that stays silent is dropped", () => {
  const { drops } = watch(() => undefined);
  vi.advanceTimersByTime(60_000);
  expect(drops).toEqual(["no sign of life"]);
});

test("a socket that cannot be written to is dropped", () => {
  const { drops } = watch(() => {
    throw new Error("Not connected");
  });
  vi.advanceTimersByTime(15_000);
  expect(drops).toEqual(["Not connected"]);
});

test("nothing is asked after the connection has closed", () => {
  const { asked, close } = watch((callback) => callback());
  close();
  vi.advanceTimersByTime(60_000);
  expect(asked).not.toHaveBeenCalled();
});
