import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { run } from "../../tools/run.mjs";
import { makeScratch } from "./scratch.mjs";

const tool = resolve(import.meta.dirname, "..", "..", "tools", "report.mjs");
const numbers = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0 };
const file = (status, ...tests) => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});

async function report(content, status) {
  const path = join(await makeScratch(), "report.json");
  await writeFile(path, content === undefined ? "" : JSON.stringify(content));
  const result = await run(process.execPath, [tool, path, String(status)]);
  return [result.stdout, result.status];
}

describe("the last line of a CI run", () => {
  const good = { ...numbers, testResults: [file("passed", "passed")] };

  it("tells the numbers of tests", async () => {
    expect(await report(good, 0)).toEqual(["3 passed, 0 failed\n", 0]);
    const mixed = { ...good, numFailedTests: 2, numPendingTests: 1, numTodoTests: 1 };
    expect(await report(mixed, 1)).toEqual(["2 skipped\n3 passed, 2 failed\n", 1]);
  });

  it("counts what failed outside tests as a failure", async () => {
    const broken = { ...good, testResults: [file("failed", "passed"), file("failed")] };
    expect(await report(broken, 1)).toEqual(["3 passed, 2 failed\n", 1]);
    expect(await report(good, 1)).toEqual(["3 passed, 1 failed\n", 1]);
    expect(await report(undefined, 2)).toEqual(["0 passed, 1 failed\n", 1]);
  });
});
