/** `npm run demo`: the life of three jails, through the real Pulumi CLI. See arguments.mjs for its options. */
import { join } from "node:path";
import { readArguments, usage } from "./arguments.mjs";
import { play } from "./play.mjs";
import { runSteps } from "./steps.mjs";

const openHost = (options) => async () =>
  options.host === undefined
    ? (await import("./embedded.mjs")).openEmbeddedHost()
    : (await import("./real.mjs")).openRealHost(options);

/** The options; undefined when they are not to be run. */
function understand(args) {
  try {
    const options = readArguments(args);
    if (!options.help) return options;
    console.log(usage);
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
  return undefined;
}

const options = understand(process.argv.slice(2));
if (options) {
  await play({
    openHost: openHost(options),
    template: join(import.meta.dirname, "program"),
    steps: runSteps,
  });
}
