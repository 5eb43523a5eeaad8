/**
 * Makes docs/demo.svg from what the demo prints: `node examples/demo/picture.mjs [STEP …]`, where the steps that
 * the picture shows can be chosen by their numbers.
 */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { execa } from "execa";
import { readLines } from "./ansi.mjs";
import { drawTerminal } from "./svg.mjs";

const output = resolve(import.meta.dirname, "..", "..", "docs", "demo.svg");
/** A change with its preview: what tells most on one page. */
const shownByDefault = [4, 5];

/** Its output, in colour and shown meanwhile; throws when the demo failed. */
async function runDemo() {
  const demo = join(import.meta.dirname, "demo.mjs");
  const env = { FORCE_COLOR: "1", NO_COLOR: undefined };
  const stdio = { stdin: "ignore", stdout: ["pipe", "inherit"], stderr: "inherit" };
  const { stdout, exitCode } = await execa(process.execPath, [demo], {
    env,
    reject: false,
    ...stdio,
  });
  if (exitCode !== 0) throw new Error("the demo failed: no picture of that");
  return stdout;
}

/** The lines from each chosen step's headline to the next headline. */
function chooseSteps(lines, steps) {
  let step = 0;
  return lines.filter((pieces) => {
    const headline = /^(\d+)\. /.exec(pieces.map(({ text }) => text).join(""));
    if (headline) step = Number(headline[1]);
    return steps.includes(step);
  });
}

const steps = process.argv.slice(2).map(Number);
const lines = readLines((await runDemo()).trimEnd());
const shown = chooseSteps(lines, steps.length > 0 ? steps : shownByDefault);
await mkdir(dirname(output), { recursive: true });
await writeFile(output, drawTerminal(shown, { title: "npm run demo" }));
console.log(`\n${output}: ${shown.length} lines`);
