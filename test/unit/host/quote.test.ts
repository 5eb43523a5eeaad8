import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quoteWord, quoteWords } from "../../../provider/host/quote.js";

const word = fc
  .string({ unit: fc.oneof(fc.constantFrom(..."'\"\\$`!*?[]{}()<>|&;~# \t\n\r=%-"), fc.string()) })
  .map((text) => Buffer.from(text.replaceAll("\0", "")).toString());

test("the real shell reads every word back as it was", () => {
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 8 }), (words) => {
      const script = `printf '%s\\0' ${quoteWords(words)}\n`;
      const output = execFileSync("/bin/sh", { input: script, encoding: "utf8" });
      expect(output).toBe(words.map((each) => `${each}\0`).join(""));
    }),
    { numRuns: 150 },
  );
});

test("the whole of Latin-1 and lone option-like words survive", () => {
  const bytes = Array.from({ length: 255 }, (_, index) => String.fromCharCode(index + 1)).join("");
  const words = [bytes, "", "-n", "--", "a=b", "~", "$(id)", "it's"];
  const output = execFileSync("/bin/sh", { input: `printf '%s\\0' ${quoteWords(words)}\n` });
  expect(output.toString("utf8").split("\0").slice(0, -1)).toEqual(words);
});

test("NUL is refused", () => {
  expect(() => quoteWord("a\0b")).toThrow(TypeError);
});
