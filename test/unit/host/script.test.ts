import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Command } from "../../../provider/freebsd/command.js";
import { buildObservation } from "../../../provider/host/batch.js";
import { resultsOf } from "../../../provider/host/outcome.js";
import { defineFunctions } from "../../../provider/host/script.js";
import { makeTools, type Tools } from "./tools.js";

let tools: Tools;
beforeAll(() => {
  tools = makeTools();
});
afterAll(() => tools.remove());

async function observe(...commands: Command[]) {
  const { sections, complete } = await tools.run(buildObservation(commands));
  expect(complete).toBe(true);
  return resultsOf("c", sections);
}

const show = (argv: [string, ...string[]]): Command => ({ argv, mutates: false });

test("all observations run and answer with status, stdout and stderr", async () => {
  const results = await observe(
    show(["sh", "-c", "echo one; echo two >&2; exit 3"]),
    show(["nosuchtool"]),
    show(["printf", "no newline"]),
  );
  expect(results[0]).toEqual({ status: 3, stdout: "one\n", stderr: "two\n" });
  expect(results[1]?.status).toBe(127);
  expect(results[2]).toEqual({ status: 0, stdout: "no newline", stderr: "" });
});

test("input arrives exactly, whatever bytes it holds", async () => {
  const input = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.string({ maxLength: 300 }),
    fc.array(fc.string(), { maxLength: 20 }).map((lines) => lines.map((l) => `${l}\n`).join("")),
    fc.constantFrom("E\n", "'\n", "$HOME `id` \\\n\\\n", "no newline", "\n", "\ttab\n"),
  );
  await fc.assert(
    fc.asyncProperty(input, async (data) => {
      const [result] = await observe({
        argv: ["od", "-An", "-v", "-tx1"],
        input: data,
        mutates: false,
      });
      const hex = result?.stdout.replace(/\s/g, "");
      expect(hex).toBe(Buffer.from(data as string).toString("hex"));
    }),
    { numRuns: 60 },
  );
});

test("input does not stand in the text in a way that the shell could read", () => {
  const secret = "$(touch /tmp/x)\n`id`";
  expect(buildObservation([{ argv: ["cat"], input: secret, mutates: false }]).text).not.toContain(
    "touch",
  );
});

test("a command without input reads nothing of the batch", async () => {
  const results = await observe(show(["cat"]), show(["echo", "still here"]));
  expect(results.map((result) => result.stdout)).toEqual(["", "still here\n"]);
});

test("no command can change the shell for the next one", async () => {
  const results = await observe(
    show(["cd", "/usr"]),
    show(["exit", "5"]),
    show(["umask", "077"]),
    show(["pwd"]),
    show(["umask"]),
  );
  expect(results.map((result) => result.status)).toEqual([0, 5, 0, 0, 0]);
  expect(results[3]?.stdout).toBe("/\n");
  expect(results[4]?.stdout).toBe("0022\n");
});

test("surroundings do not depend on the login", async () => {
  const [path, locale] = await observe(
    show(["sh", "-c", "echo $PATH"]),
    show(["sh", "-c", "echo $LC_ALL"]),
  );
  expect(path?.stdout).toContain("/sbin:/bin:/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin");
  expect(locale?.stdout).toBe("C\n");
});

test("shell functions are defined once, with what they need, and take arguments and input", async () => {
  const shout = { name: "shout", text: 'shout() { printf "%s!" "$@"; }' };
  const greet = { name: "greet", text: 'greet() { shout "$@"; cat; }', needs: [shout] };
  const commands: Command[] = [
    { argv: ["greet", "a b", "it's"], shellFunction: greet, input: "data\n", mutates: false },
    { argv: ["greet", "c"], shellFunction: greet, mutates: false },
    { argv: ["shout", "d"], shellFunction: shout, mutates: false },
  ];
  expect(defineFunctions(commands).match(/^shout\(\)/gm)).toHaveLength(1);
  const results = await observe(...commands);
  expect(results.map((result) => result.stdout)).toEqual(["a b!it's!data\n", "c!", "d!"]);
});

test("a function that is not what the command calls is refused", () => {
  const shellFunction = { name: "one", text: "one() { :; }" };
  const other = { name: "one", text: "one() { true; }" };
  const call = (argv: [string], f = shellFunction): Command => ({
    argv,
    shellFunction: f,
    mutates: false,
  });
  expect(() => defineFunctions([call(["two"])])).toThrow(/does not call/);
  expect(() => defineFunctions([call(["one"]), call(["one"], other)])).toThrow(/two different/);
  const hostile = { name: "a;id", text: "" };
  expect(() => defineFunctions([call(["a;id"], hostile)])).toThrow(/no name/);
});

test("what a detached command leaves running cannot write into later answers", async () => {
  const daemon = ["sh", "-c", "echo started; echo oops >&2; (sleep 0.3; echo LATE) & exit 4"];
  const results = await observe(
    { argv: daemon as [string, ...string[]], detached: true, mutates: false },
    show(["sleep", "0.6"]),
    { argv: ["cat"], detached: true, input: "with input", mutates: false },
  );
  expect(results[0]).toEqual({ status: 4, stdout: "started\n", stderr: "oops\n" });
  expect(results[1]?.stdout).toBe("");
  expect(results[2]?.stdout).toBe("with input");
  const [left] = await observe(show(["ls", "-A", tools.runDirectory]));
  expect(left?.stdout).toBe("");
  const [mode] = await observe(show(["stat", "-c", "%a", tools.runDirectory]));
  expect(mode?.stdout).toBe("700\n");
});

test("a half-arrived batch never starts", async () => {
  const script = buildObservation([show(["echo", "ran"])]);
  for (let length = 0; length < script.text.length - 2; length += 5) {
    const { sections } = await tools.run({ ...script, text: script.text.slice(0, length) });
    expect(sections).toEqual([]);
  }
});
