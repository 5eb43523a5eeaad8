/**
 * `npm run bench`: what the provider costs on the line and on the host, as a table; with `-- --json` as one JSON
 * object on the last line. Runs on dist/, against the embedded host, over real SSH.
 */
import { runBenchmark } from "./run.mjs";
import { renderTable } from "./table.mjs";

// The provider tells each change as the engine shows it; here it would hide the figures.
console.log = () => undefined;

const json = process.argv.includes("--json");
const figures = await runBenchmark((what) => process.stderr.write(`bench: ${what}\n`));
process.stdout.write(json ? `${JSON.stringify(figures)}\n` : renderTable(figures));
