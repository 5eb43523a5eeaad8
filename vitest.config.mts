import { defineConfig } from "vitest/config";
import { RunReporter } from "./test/tools/run-reporter.mjs";

/** Where a machine-readable report goes, for .ci/run; none when a person runs the tests. */
const report = process.env.PULUMI_FREEBSD_TEST_REPORT;

/** Suites that run the whole provider: what it sends to hosts there is recorded for the coverage gate. */
const whole = ["test/lifecycle/**/*.test.ts", "test/grpc/**/*.test.ts"];
/** The coverage gate: looks at what the whole run recorded, so it comes last. */
const gate = ["test/conformance/coverage.test.ts"];

const common = {
  // Tests start processes of their own (the Pulumi CLI, sshd, provider servers), and some change process.env.
  pool: "forks" as const,
  testTimeout: 20_000,
  hookTimeout: 30_000,
};

export default defineConfig({
  test: {
    // What the provider tells its user is of interest where a test fails.
    silent: "passed-only",
    maxWorkers: 2,
    reporters: [
      "default",
      new RunReporter("whole"),
      ...(report ? [["json", { outputFile: report }] as ["json", object]] : []),
    ],
    projects: [
      {
        test: {
          ...common,
          name: "tests",
          include: ["test/**/*.test.{ts,mjs}"],
          exclude: ["**/node_modules/**", "dist/**", "test/fixtures/**", ...whole, ...gate],
        },
      },
      {
        test: {
          ...common,
          name: "whole",
          include: whole,
          setupFiles: ["test/lifecycle/record-commands.ts"],
        },
      },
      { test: { ...common, name: "coverage", include: gate, sequence: { groupOrder: 1 } } },
    ],
  },
});
