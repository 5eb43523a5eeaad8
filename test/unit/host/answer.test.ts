import fc from "fast-check";
import { expect, test } from "vitest";
import { AnswerReader } from "../../../provider/host/answer.js";

const nonce = "0123456789abcdef";

function encode(parts: readonly [tag: string, status: number, content: Buffer][]): Buffer {
  return Buffer.concat(
    parts.flatMap(([tag, status, content]) => [
      content,
      Buffer.from(`\n${nonce} ${tag} ${status}\n`),
    ]),
  );
}

/** Output that looks like markers, without the nonce. */
const hostile = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc
    .array(fc.constantFrom("\n", `\n${nonce}`, ` c0 0\n`, "\nend 0\n", nonce.slice(1), "\n\n", "x"))
    .map((pieces) => Buffer.from(pieces.join("")))
    .filter((text) => !text.includes(`\n${nonce} `)),
);

/** Cuts a buffer into pieces of the given sizes. */
function cut(data: Buffer, sizes: readonly number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (let index = 0; at < data.length; index++) {
    const size = sizes.length === 0 ? data.length : sizes[index % sizes.length]!;
    pieces.push(data.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

test("any chunking of any output gives the same sections", () => {
  const section = fc.tuple(hostile, hostile, fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(
      fc.array(section, { maxLength: 6 }),
      fc.array(fc.integer({ min: 1, max: 40 }), { maxLength: 10 }),
      (sections, sizes) => {
        const all = [...sections, [Buffer.alloc(0), Buffer.alloc(0), 0] as const];
        const tag = (index: number) => (index === sections.length ? "end" : `c${index}`);
        const out = encode(all.map(([content, , status], i) => [tag(i), status, content]));
        const err = encode(all.map(([, content, status], i) => [tag(i), status, content]));
        const reader = new AnswerReader(nonce, 1 << 20);
        for (const piece of cut(err, sizes)) reader.push("stderr", piece);
        expect(reader.complete).toBe(false);
        for (const piece of cut(out, sizes)) reader.push("stdout", piece);
        expect(reader.complete).toBe(true);
        expect(reader.sections()).toEqual(
          all.map(([stdout, stderr, status], i) => ({ tag: tag(i), status, stdout, stderr })),
        );
      },
    ),
  );
});

test("without the end marker on both streams it is not complete", () => {
  const reader = new AnswerReader(nonce, 1000);
  reader.push("stdout", encode([["end", 0, Buffer.from("x")]]));
  reader.push("stderr", Buffer.from("sh: killed"));
  expect(reader.complete).toBe(false);
  expect(reader.unfinishedStderr()).toBe("sh: killed");
  expect(reader.sections()).toEqual([]);
});

test("what comes after the end is not part of the answer", () => {
  const reader = new AnswerReader(nonce, 1000);
  const end = encode([["end", 0, Buffer.alloc(0)]]);
  reader.push("stdout", Buffer.concat([end, encode([["c0", 0, Buffer.from("late")]])]));
  reader.push("stderr", end);
  expect(reader.sections().map(({ tag }) => tag)).toEqual(["end"]);
});

test("more than the cap is noticed, over both streams, and not kept", () => {
  const reader = new AnswerReader(nonce, 100);
  reader.push("stdout", Buffer.alloc(60));
  expect(reader.overflowed).toBe(false);
  reader.push("stderr", Buffer.alloc(41));
  expect(reader.overflowed).toBe(true);
  reader.push("stderr", encode([["end", 0, Buffer.alloc(0)]]));
  reader.push("stdout", encode([["end", 0, Buffer.alloc(0)]]));
  expect(reader.complete).toBe(false);
});

test("megabytes in small pieces are read", () => {
  const reader = new AnswerReader(nonce, 1 << 24);
  const content = Buffer.alloc(4 << 20, "\n0");
  for (const piece of cut(encode([["c0", 0, content]]), [1021])) reader.push("stdout", piece);
  reader.push("stderr", encode([["c0", 0, Buffer.alloc(0)]]));
  expect(reader.sections()[0]?.stdout.equals(content)).toBe(true);
});
