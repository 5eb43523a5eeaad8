import { expect, test } from "vitest";
import { hostError } from "../../../provider/host/errors.js";
import { isPassing, pauseBefore, retryDial } from "../../../provider/host/retry.js";

const place = { host: "root@h:22", secrets: [] };
const coded = (code: string, message = code) => Object.assign(new Error(message), { code });

/** A dial that fails with each of `errors`, then succeeds. */
function dialAfter(...errors: Error[]) {
  const pauses: number[] = [];
  const left = [...errors];
  const dial = async () => {
    const error = left.shift();
    if (error) throw error;
    return "connected";
  };
  const pause = async (milliseconds: number) => pauses.push(milliseconds);
  return { pauses, run: (limit: number) => retryDial(place, limit, dial, pause) };
}

test("what may pass is tried again, with growing pauses", async () => {
  const dial = dialAfter(
    coded("ECONNREFUSED"),
    coded("ECONNRESET"),
    new Error("Connection lost before handshake"),
  );
  expect(await dial.run(3)).toBe("connected");
  expect(dial.pauses).toHaveLength(3);
  expect(dial.pauses[2]).toBeGreaterThan(dial.pauses[0]!);
});

test("the limit counts failed dials; 0 tries once, -1 has no end", async () => {
  const refused = () => coded("ECONNREFUSED", "connect ECONNREFUSED 10.0.0.1:22");
  await expect(dialAfter(refused(), refused()).run(1)).rejects.toMatchObject({
    kind: "refused",
    reason: "unreachable",
    message: expect.stringContaining("after 2 attempts: connect ECONNREFUSED 10.0.0.1:22"),
  });
  const once = dialAfter(refused());
  await expect(once.run(0)).rejects.toThrow(/ECONNREFUSED/);
  expect(once.pauses).toEqual([]);
  expect(await dialAfter(...Array.from({ length: 50 }, refused)).run(-1)).toBe("connected");
});

test("what cannot pass is not tried again", async () => {
  const judged = hostError({ ...place, kind: "refused", reason: "host-key", what: "x" });
  await expect(dialAfter(judged).run(5)).rejects.toBe(judged);
  const unknown = dialAfter(coded("ENOTFOUND", "getaddrinfo ENOTFOUND h"));
  await expect(unknown.run(5)).rejects.toMatchObject({ reason: "unreachable" });
  expect(unknown.pauses).toEqual([]);
  expect(isPassing("text")).toBe(false);
});

test("the errors of several addresses are told", async () => {
  const both = Object.assign(
    new AggregateError([new Error("v4 refused"), new Error("v6 refused")], ""),
    {
      code: "ECONNREFUSED",
    },
  );
  await expect(dialAfter(both).run(0)).rejects.toThrow(/v4 refused; v6 refused/);
});

test("pauses differ by chance and have an upper bound", () => {
  expect(pauseBefore(1, () => 0)).toBeLessThan(pauseBefore(1, () => 1));
  expect(pauseBefore(30, () => 1)).toBe(10_000);
});
