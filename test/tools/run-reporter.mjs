/**
 * The part of the tests' machinery that lives in vitest's main process: gives a run a directory for the records of what
 * the provider sent, tells the coverage gate which files take part, and prints in the end what tests have to say of the
 * whole run (`task.meta.summary`).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

export class RunReporter {
  #vitest;
  #recorded;
  #directory = "";
  #summaries = new Set();

  /** `recorded`: name of the vitest project whose files leave records. */
  constructor(recorded) {
    this.#recorded = recorded;
  }

  onInit(vitest) {
    this.#vitest = vitest;
  }

  async onTestRunStart(specifications) {
    this.#directory = mkdtempSync(join(tmpdir(), "pulumi-freebsd-records-"));
    this.#vitest.provide("commandRecords", this.#directory);
    this.#vitest.provide("recordedFiles", await this.#recordedFiles(specifications));
  }

  onTestCaseResult(testCase) {
    const { summary } = testCase.meta();
    if (summary !== undefined) this.#summaries.add(summary);
  }

  onTestRunEnd() {
    for (const summary of this.#summaries) console.log(summary);
    this.#summaries.clear();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  /** All files that leave records, and whether this run goes through all tests of each. */
  async #recordedFiles(specifications) {
    const { config, projects } = this.#vitest;
    const project = projects.find(({ name }) => name === this.#recorded);
    const files = (await project?.globTestFiles())?.testFiles ?? [];
    const selected = new Set(specifications.map(({ moduleId }) => moduleId));
    const complete = files.length > 0 && files.every((file) => selected.has(file));
    return {
      files: files.map((file) => relative(config.root, file)),
      complete: complete && config.testNamePattern === undefined,
    };
  }
}
