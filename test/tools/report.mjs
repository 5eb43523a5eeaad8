/** Ends a CI run: `node report.mjs <report of vitest> <exit status of npm test>` prints the numbers of tests. */
import { readFile } from "node:fs/promises";

/** The numbers in vitest's JSON report; undefined when vitest did not get as far as writing one. */
async function readReport(file) {
  const text = await readFile(file, "utf8");
  return text === "" ? undefined : JSON.parse(text);
}

/** A file that failed outside its tests (an import, a hook) counts as one failure. */
function countFailures(report) {
  const broken = report.testResults.filter(
    ({ status, assertionResults }) =>
      status === "failed" && !assertionResults.some((test) => test.status === "failed"),
  );
  return report.numFailedTests + broken.length;
}

/** A run that failed for any other reason (set-up, lint, an error between tests) counts as one failure, too. */
function summarize(report, status) {
  if (!report) return { passed: 0, failed: 1, skipped: 0 };
  const failed = countFailures(report);
  return {
    passed: report.numPassedTests,
    failed: failed === 0 && status !== 0 ? 1 : failed,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

const [file, status] = process.argv.slice(2);
const { passed, failed, skipped } = summarize(await readReport(file), Number(status));
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
