import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { guardDigest, makeResult } from "../../../provider/host/digest.js";

const command: Command = { argv: ["cat"], mutates: false };
const sha = (...parts: (string | Buffer)[]) =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");

test("it is over stdout and status of the guarded commands, in order", () => {
  const results = [
    { status: 0, stdout: "a\n", stderr: "ignored" },
    { status: 1, stdout: "skipped", stderr: "" },
    { status: 4, stdout: "", stderr: "" },
  ];
  const commands = [command, { ...command, unguarded: true }, command];
  expect(guardDigest(commands, results)).toBe(sha("a\n", "\n0\n", "", "\n4\n"));
});

test("bytes that are not UTF-8 count as they came", () => {
  const bytes = Buffer.from([0xff, 0x0a, 0xc3]);
  const result = makeResult(0, bytes, Buffer.alloc(0));
  expect(result.stdout).toBe("\ufffd\n\ufffd");
  expect(guardDigest([command], [result])).toBe(sha(bytes, "\n0\n"));
});

test("each command needs its result", () => {
  expect(() => guardDigest([command], [])).toThrow(TypeError);
});
