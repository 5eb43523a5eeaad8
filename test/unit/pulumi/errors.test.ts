/** What jails and packages say steers no terminal, and does not fill one. */
import { describe, expect, it } from "vitest";
import { run } from "../../../provider/cli/main.js";
import { InitializationError, plainError } from "../../../provider/pulumi/errors.js";
import { describeFailure } from "../../../provider/resources/failure.js";

/** Sets a terminal's title, by two bytes and by one; clears its screen; turns the writing around. */
const hostile = "a\u001b]0;owned\u0007 b\u009d0;owned\u009c c\u009b2J d\u202e\n";
const shown = "a\\x1b]0;owned\\x07 b\\x9d0;owned\\x9c c\\x9b2J d\\u202e";

describe("what is not to be printed as it is", () => {
  it("is escaped in errors, whoever made them", () => {
    const error = plainError(new Error(`${hostile}line`));
    expect(error.message).toBe(`${shown}\nline`);
    expect(error.stack).toBe(error.message);
    expect(plainError(error).message).toBe(error.message);
    const { message, reasons, stack } = new InitializationError("id", `${hostile}line`, {});
    expect([message, ...reasons, stack]).toEqual(Array(3).fill(`${shown}\nline`));
  });

  it("is escaped on the command line", async () => {
    const words: string[] = [];
    const write = { out: () => undefined, error: (text: string) => void words.push(text) };
    await run(["status", "--state", `/none/${hostile}`], write);
    const said = words.join("");
    expect(said).toContain(shown);
    expect(said).not.toMatch(/[\u001b\u0007\u009b-\u009d\u202e]/);
  });

  it("is escaped, and cut, in what a command said", () => {
    const result = { status: 1, stdout: "", stderr: `${"x".repeat(8_000_000)}${hostile}` };
    const text = describeFailure("jail web", "start", result);
    expect(text).toMatch(/^jail web: start: failed with status 1: x+/);
    expect(text.endsWith(shown)).toBe(true);
    expect(text.length).toBeLessThan(2200);
    const quiet = { status: 1, stdout: `${hostile}`, stderr: " \n" };
    expect(describeFailure("jail web", "start", quiet)).toContain(`: ${shown}`);
    const silent = { status: 1, stdout: "", stderr: "" };
    expect(describeFailure("jail web", "start", silent)).toContain("nothing was said");
  });
});
