import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  contains,
  formatAddress,
  parseAddress,
  parseCidr,
  spanSize,
  subtract,
} from "../../../provider/freebsd/address.js";

const family = fc.constantFrom("inet" as const, "inet6" as const);
const address = family.chain((kind) =>
  fc
    .bigInt({ min: 0n, max: (1n << (kind === "inet" ? 32n : 128n)) - 1n })
    .map((value) => ({ family: kind, value })),
);

describe("addresses", () => {
  it("come back from their text as they were", () => {
    fc.assert(
      fc.property(address, (a) => {
        expect(parseAddress(formatAddress(a))).toEqual(a);
      }),
    );
  });

  it.each([
    ["FD00:0:0:0:0:0:0:1", "fd00::1"],
    ["fd00::0001", "fd00::1"],
    ["0:0:0:0:0:0:0:0", "::"],
    ["10.0.0.1", "10.0.0.1"],
  ])("have one canonical text: %s", (text, canonical) => {
    expect(formatAddress(parseAddress(text)!)).toBe(canonical);
  });

  it.each([
    "",
    "10.1",
    "010.0.0.1",
    "0x0a.0.0.1",
    "256.0.0.1",
    "10.0.0.1/24",
    "fe80::1%em0",
    "::g",
    " 10.0.0.1",
    "10.0.0.1\n",
  ])("refuse %j", (text) => expect(parseAddress(text)).toBeUndefined());
});

describe("networks", () => {
  it("have a first and a last address", () => {
    expect(parseCidr("10.0.0.0/24")).toMatchObject({
      first: 0x0a000000n,
      last: 0x0a0000ffn,
      prefix: 24,
    });
    expect(spanSize(parseCidr("fd00:1::/64")!)).toBe(1n << 64n);
  });

  it.each([
    "10.0.0.1/24",
    "10.0.0.0/33",
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "fd00::1/64",
    "10.0.0.0/-1",
  ])("refuse %j", (text) => expect(parseCidr(text)).toBeUndefined());
});

describe("subtract", () => {
  it("leaves exactly the addresses that no hole holds", () => {
    const small = fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }));
    const span = ([a, b]: [number, number]) => ({
      family: "inet" as const,
      first: BigInt(Math.min(a, b)),
      last: BigInt(Math.max(a, b)),
    });
    fc.assert(
      fc.property(small, fc.array(small, { maxLength: 5 }), (whole, cuts) => {
        const rest = subtract(span(whole), cuts.map(span));
        for (let value = 0n; value <= 41n; value++) {
          const a = { family: "inet" as const, value };
          const expected = contains(span(whole), a) && !cuts.some((cut) => contains(span(cut), a));
          expect(rest.some((each) => contains(each, a))).toBe(expected);
        }
      }),
    );
  });
});
