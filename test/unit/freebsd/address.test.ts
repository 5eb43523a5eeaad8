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
import { damaged } from "./damage.js";

const family = fc.constantFrom("inet" as const, "inet6" as const);
const address = family.chain((kind) =>
  fc
    .bigInt({ min: 0n, max: (1n << (kind === "inet" ? 32n : 128n)) - 1n })
    .map((value) => ({ family: kind, value })),
);

/** An address's canonical text by other means: four numbers, or what URLs take. */
function canonical(text: string): string | undefined {
  const numbers = text.split(".").map((part) => (/^(0|[1-9]\d{0,2})$/.test(part) ? +part : 256));
  if (numbers.length === 4 && numbers.every((part) => part < 256)) return text;
  if (!/^[0-9a-f:.]+$/i.test(text) || !URL.canParse(`http://[${text}]`)) return undefined;
  return new URL(`http://[${text}]`).hostname.slice(1, -1);
}

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
    ["::10.0.0.1", "::a00:1"],
    ["64:ff9b::10.0.0.1", "64:ff9b::a00:1"],
  ])("have one canonical text: %s", (text, canonical) => {
    expect(formatAddress(parseAddress(text)!)).toBe(canonical);
  });

  it("are read when they are addresses to everybody, and not otherwise", () => {
    const text = fc.oneof(fc.ipV4(), fc.ipV6(), fc.string());
    fc.assert(
      fc.property(text.chain(damaged), (each) => {
        const read = parseAddress(each);
        expect(read === undefined ? undefined : formatAddress(read)).toBe(canonical(each));
      }),
      { numRuns: 5000 },
    );
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

  it("come back from their text as they were", () => {
    const network = address.chain((a) =>
      fc.integer({ min: 0, max: a.family === "inet" ? 32 : 128 }).map((prefix) => {
        const size = 1n << BigInt((a.family === "inet" ? 32 : 128) - prefix);
        const first = (a.value / size) * size;
        return { family: a.family, first, last: first + size - 1n, prefix };
      }),
    );
    fc.assert(
      fc.property(network, (each) => {
        const text = formatAddress({ family: each.family, value: each.first });
        expect(parseCidr(`${text}/${each.prefix}`)).toEqual(each);
      }),
    );
  });

  it.each([
    "10.0.0.1/24",
    "10.0.0.0/33",
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/8/8",
    "fd00::1/64",
    "10.0.0.0/-1",
    "10.0.0.0/024",
    "10.0.0.0/+24",
    "/24",
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
