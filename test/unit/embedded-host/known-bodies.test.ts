/** Bodies of functions are parsed once: what a function does is told by its own text all the same. */
import { afterEach, beforeEach, expect, it } from "vitest";
import { createConsole, type EmbeddedConsole } from "../../embedded-host/console.js";

let host: EmbeddedConsole;
beforeEach(() => {
  host = createConsole();
});
afterEach(() => host.stop());

const output = async (script: string, stdin?: string) =>
  (await host.run(script, stdin === undefined ? {} : { stdin })).stdout;

it.each([
  ["the same again", "f() {\necho one\n}\nf\nf() {\necho one\n}\nf", "one\none\n"],
  ["a longer one", "f() {\necho one\n}\nf() {\necho one\necho two\n}\nf", "one\ntwo\n"],
  ["one that begins alike", "f() {\necho one\n}\nf() {\necho one\n}; f", "one\n"],
  ["a redirection behind it", "f() {\necho one\n}\nf() {\necho one\n} >&2\nf; echo two", "two\n"],
  ["a document in it", "f() {\ncat <<E\n}\nE\n}\nf\nf() {\ncat <<E\n}\nE\n}\nf", "}\n}\n"],
  ["another name", "f() {\necho one\n}\ng() {\necho one\n}\ng", "one\n"],
])("%s", async (_, script, expected) => {
  expect(await output(script)).toBe(expected);
  expect(await output(script)).toBe(expected);
  // Read in blocks, a body may end anywhere.
  const padding = "# ".padEnd(1000, "x");
  expect(await output("sh", `${padding}\n${script}\n`)).toBe(expected);
});
