import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { buildChange, buildObservation } from "../../../provider/host/batch.js";
import { guardDigest } from "../../../provider/host/digest.js";
import { readChange, resultsOf } from "../../../provider/host/outcome.js";
import type { Batch } from "../../../provider/host/session.js";
import { makeTools, type Tools } from "./tools.js";

let tools: Tools;
beforeAll(() => {
  tools = makeTools();
});
afterAll(() => tools.remove());

const run = (...argv: [string, ...string[]]): Command => ({ argv, mutates: true });
const show = (...argv: [string, ...string[]]): Command => ({ argv, mutates: false });

async function apply(batch: Partial<Batch>) {
  const whole = { locks: [], commands: [], verify: [], ...batch };
  const { sections, complete } = await tools.run(buildChange(whole));
  expect(complete).toBe(true);
  return readChange(whole, sections);
}

async function digestOf(commands: Command[]): Promise<string> {
  const { sections } = await tools.run(buildObservation(commands));
  return guardDigest(commands, resultsOf("c", sections));
}

test("all commands run in order, then verify", async () => {
  const answer = await apply({
    locks: ["a", "b"],
    commands: [run("echo", "1"), run("echo", "2")],
    verify: [show("sh", "-c", "exit 9")],
  });
  expect(answer).toMatchObject({
    kind: "done",
    results: [{ stdout: "1\n" }, { stdout: "2\n" }],
    verify: [{ status: 9 }],
  });
});

test("after a failure the rest is skipped, onFailure runs, verify runs", async () => {
  const answer = await apply({
    commands: [
      run("true"),
      { ...run("cat"), input: "x" },
      run("sh", "-c", "exit 3"),
      run("echo", "never"),
    ],
    onFailure: [run("false"), run("echo", "cleaned")],
    verify: [show("echo", "seen")],
  });
  expect(answer).toMatchObject({ kind: "failed", at: 2, result: { status: 3 } });
  expect(answer).toHaveProperty("results.length", 3);
  expect(answer).toMatchObject({ verify: [{ stdout: "seen\n" }] });
});

test("what comes after a gate is left out when it failed", async () => {
  const gate = (...argv: [string, ...string[]]) => ({ ...run(...argv), gate: true });
  const commands = [run("false")];
  const directory = join(tools.runDirectory, "..");
  const [passed, closed] = [join(directory, "passed"), join(directory, "closed")];
  await apply({ commands, onFailure: [run("false"), gate("true"), run("touch", passed)] });
  await apply({ commands, onFailure: [gate("false"), run("touch", closed), run("true")] });
  const there = readdirSync(directory);
  expect([there.includes("passed"), there.includes("closed")]).toEqual([true, false]);
});

test("onFailure does not run after success", async () => {
  const file = join(tools.runDirectory, "..", "cleaned");
  await apply({ commands: [run("true")], onFailure: [run("touch", file)] });
  expect(readdirSync(join(file, ".."))).not.toContain("cleaned");
});

test("accepted statuses are success", async () => {
  const answer = await apply({
    commands: [
      { ...run("sh", "-c", "exit 1"), accept: [0, 1] },
      { ...run("sh", "-c", "exit 10"), accept: [0, 1] },
    ],
  });
  expect(answer).toMatchObject({ kind: "failed", at: 1, result: { status: 10 } });
});

test("the guard holds while the world is as observed, bytes and statuses", async () => {
  const file = join(tools.runDirectory, "..", "world");
  const commands = [
    show("cat", file),
    { ...show("sh", "-c", "printf '\\377\\0\\n\\n'"), input: "unused" },
    { ...show("od", "-c"), input: "\u00e9 data without newline" },
    { ...show("date", "+%N"), unguarded: true },
    show("sh", "-c", "echo noise >&2; exit 4"),
  ];
  const digest = await digestOf(commands);
  expect(await apply({ guard: { commands, digest }, commands: [run("echo", "x")] })).toMatchObject({
    kind: "done",
  });
  const { execa } = await import("execa");
  await execa("sh", ["-c", 'echo now >"$1"', "sh", file]);
  const change = run("rm", file);
  const stale = await apply({
    guard: { commands, digest },
    commands: [change],
    verify: [show("true")],
  });
  expect(stale).toEqual({ kind: "stale" });
  expect(readdirSync(join(file, ".."))).toContain("world");
});

test("a guard without guarded commands holds", async () => {
  const commands = [{ ...show("date"), unguarded: true }];
  const digest = guardDigest(commands, [{ status: 0, stdout: "", stderr: "" }]);
  expect(await apply({ guard: { commands, digest } })).toMatchObject({ kind: "done" });
});

test("a lock that is held is told from a command's own 75, and by name", async () => {
  mkdirSync(tools.runDirectory, { recursive: true });
  const { execa } = await import("execa");
  const holder = execa("flock", [join(tools.runDirectory, "second"), "sh", "-c", "echo held; cat"]);
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const busy = await apply({ locks: ["first", "second"], lockTimeout: 0, commands: [run("true")] });
  holder.stdin.end();
  await holder;
  expect(busy).toEqual({ kind: "busy", lock: "second" });
  const own = await apply({ locks: ["second"], commands: [run("sh", "-c", "exit 75")] });
  expect(own).toMatchObject({ kind: "failed", result: { status: 75 } });
});

test("locks that cannot be made are told with lockf's words", async () => {
  const script = buildChange({ locks: ["a"], commands: [run("true")], verify: [] });
  const text = script.text.replaceAll("/var/run/pulumi-freebsd", "/dev/null/x");
  const { sections } = await tools.run({ ...script, text });
  expect(readChange({ locks: ["a"], commands: [], verify: [] }, sections)).toMatchObject({
    kind: "no-lock",
    status: 73,
    stderr: expect.stringContaining("lockf: cannot open"),
  });
});

test("a shell that dies under the lock leaves no success behind", async () => {
  const kill = run("sh", "-c", "kill -KILL $PPID");
  expect(await apply({ commands: [run("true"), kill, run("true")] })).toEqual({ kind: "broken" });
});

test("what must not become shell text is refused", () => {
  const batch = { locks: [], commands: [], verify: [] };
  expect(() => buildChange({ ...batch, locks: ["../x"] })).toThrow(/no name for a lock/);
  expect(() => buildChange({ ...batch, locks: ["a b"] })).toThrow(/no name for a lock/);
  const guard = { commands: [], digest: "$(id)" };
  expect(() => buildChange({ ...batch, guard })).toThrow(/not a SHA-256/);
});

test("the same lock twice does not wait for itself", async () => {
  expect(await apply({ locks: ["a", "a"], lockTimeout: 0 })).toMatchObject({ kind: "done" });
});

test("a half-arrived change never starts", async () => {
  const script = buildChange({ locks: ["half"], commands: [run("true")], verify: [] });
  rmSync(tools.runDirectory, { recursive: true, force: true });
  for (let length = 0; length < script.text.length - 2; length += 37) {
    const { sections } = await tools.run({ ...script, text: script.text.slice(0, length) });
    expect(sections).toEqual([]);
  }
  expect(readdirSync(join(tools.runDirectory, ".."))).not.toContain("run");
});

test("the deadline is that of all commands, their locks and some slack", () => {
  const long = { ...run("sleep"), deadline: 100 };
  const script = buildChange({
    locks: ["a", "b"],
    lockTimeout: 10,
    commands: [long],
    verify: [show("ls")],
  });
  expect(script.deadline).toBe(100 + 60 + 20 + 15);
});
