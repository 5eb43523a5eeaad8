import { defineConfig } from "vitest/config";

const report = process.env.PULUMI_FREEBSD_TEST_REPORT ?? "report.json";

/** The contract suite against one host of a user's: run.mjs starts it. */
export default defineConfig({
  test: {
    include: ["test/contract/{host,clean}.contract.ts"],
    pool: "forks",
    silent: "passed-only",
    // One host, one story: every test is told while it runs.
    reporters: ["verbose", ["json", { outputFile: report }]],
  },
});
