/** `npm run demo`: the life of three jails, through the real Pulumi CLI. See arguments.mjs for its options. */
import { join } from "node:path";
import { openStack } from "../../test/cli/stack.mjs";
import { readArguments, usage } from "./arguments.mjs";
import { runSteps } from "./steps.mjs";
import { coloured, say, showLine } from "./terminal.mjs";

async function openHost(options) {
  if (options.host === undefined) return (await import("./embedded.mjs")).openEmbeddedHost();
  return (await import("./real.mjs")).openRealHost(options);
}

async function openProgram(host) {
  const stack = await openStack({
    template: join(import.meta.dirname, "program"),
    language: "typescript",
    color: coloured,
    show: showLine,
    // The program is checked by the tests; compiling alone takes less time.
    env: { PULUMI_NODEJS_TRANSPILE_ONLY: "true", ...host.env },
  });
  await host.prepareHome(stack.directory);
  const settings = `settings=${JSON.stringify(host.settings)}`;
  await stack.run(["config", "set-all", "--plaintext", settings, "--stack", stack.name]);
  return stack;
}

/** After a failure nothing is left on a host of the user's. */
async function cleanUp(stack) {
  say("Something went wrong; destroying what was made.");
  await stack.destroy();
}

async function main() {
  const options = readArguments(process.argv.slice(2));
  if (options.help) return console.log(usage);
  const host = await openHost(options);
  try {
    const stack = await openProgram(host);
    try {
      await runSteps(host, stack);
    } catch (error) {
      await cleanUp(stack);
      throw error;
    } finally {
      await stack.close();
    }
  } finally {
    await host.close();
  }
}

try {
  await main();
} catch (error) {
  console.error(`\n${error.message}`);
  process.exitCode = 1;
}
