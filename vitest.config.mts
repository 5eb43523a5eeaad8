import { defineConfig } from "vitest/config";

/** Where a machine-readable report goes, for .ci/run; none when a person runs the tests. */
const report = process.env.PULUMI_FREEBSD_TEST_REPORT;

export default defineConfig({
  test: {
    include: ["test/**/*.test.{ts,mjs}"],
    exclude: ["**/node_modules/**", "dist/**", "test/fixtures/**"],
    // Tests start processes of their own (the Pulumi CLI, sshd, provider servers), and some change process.env.
    pool: "forks",
    // What the provider tells its user is of interest where a test fails.
    silent: "passed-only",
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    reporters: report ? ["default", ["json", { outputFile: report }]] : ["default"],
  },
});
