/** The embedded host cannot answer from the recordings: it reads no file of this computer, and knows no recorded name. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { expect, test } from "vitest";

const HOST = resolve(__dirname, "../embedded-host");
/** Packages, and parts of Node, that read no files. */
const HARMLESS = [
  ...["node:crypto", "node:diagnostics_channel", "node:net", "node:path/posix", "node:stream"],
  ...["node:zlib", "ssh2", "tar-stream"],
];

const sources = readdirSync(HOST, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => ({ name, text: readFileSync(join(HOST, name), "utf8") }));

/** What the first group holds is imported. */
const IMPORT = /^(?:import|export)\b[^;]*?\bfrom "([^"]+)";/gm;

test("it imports nothing that reads files, and nothing from outside of its directory", () => {
  const foreign = sources.flatMap(({ name, text }) =>
    [...text.matchAll(IMPORT)]
      .map(([, from = ""]) => from)
      .filter((from) => !HARMLESS.includes(from) && !isWithin(from, dirname(join(HOST, name))))
      .map((from) => `${name}: ${from}`),
  );
  expect(sources.length).toBeGreaterThan(200);
  expect(foreign).toEqual([]);
  expect(sources.filter(({ text }) => /\b(import|require)\("/.test(text))).toEqual([]);
});

const isWithin = (from: string, directory: string): boolean =>
  from.startsWith(".") && resolve(directory, from).startsWith(`${HOST}/`);

test("it knows no name of the recordings", () => {
  const recorded =
    /\bweb\.example|\/usr\/local\/jails|\/jz\b|\bacme\b|bastille|\b10\.(50|9|17)\.\d/;
  expect(sources.filter(({ text }) => recorded.test(text)).map(({ name }) => name)).toEqual([]);
});
