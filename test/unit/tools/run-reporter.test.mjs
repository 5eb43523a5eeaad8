import { existsSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { RunReporter } from "../../tools/run-reporter.mjs";

/** What the reporter tells the tests of a run that goes through `selected` of the files "a" and "b". */
async function start(selected, { testNamePattern, name = "whole" } = {}) {
  const provided = {};
  const reporter = new RunReporter("whole");
  reporter.onInit({
    config: { root: "/r", testNamePattern },
    projects: [{ name, globTestFiles: async () => ({ testFiles: ["/r/a", "/r/b"] }) }],
    provide: (key, value) => Object.assign(provided, { [key]: value }),
  });
  await reporter.onTestRunStart(selected.map((moduleId) => ({ moduleId })));
  return { reporter, provided };
}

it.each([
  ["all files", ["/r/a", "/r/b", "/r/c"], {}, true],
  ["some files", ["/r/a"], {}, false],
  ["some tests", ["/r/a", "/r/b"], { testNamePattern: /x/ }, false],
  ["another project", ["/r/c"], { name: "tests" }, false],
])("knows whether a run takes %s", async (_, selected, options, complete) => {
  const { reporter, provided } = await start(selected, options);
  expect(provided.recordedFiles.complete).toBe(complete);
  reporter.onTestRunEnd();
});

it("gives a directory for the time of the run, and prints each summary once", async () => {
  const log = vi.spyOn(console, "log").mockReturnValue();
  const { reporter, provided } = await start(["/r/a", "/r/b"]);
  expect(provided.recordedFiles.files).toEqual(["a", "b"]);
  expect(existsSync(provided.commandRecords)).toBe(true);
  for (const meta of [{ summary: "s" }, {}, { summary: "s" }]) {
    reporter.onTestCaseResult({ meta: () => meta });
  }
  reporter.onTestRunEnd();
  expect(log.mock.calls).toEqual([["s"]]);
  expect(existsSync(provided.commandRecords)).toBe(false);
});
