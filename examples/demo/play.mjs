/** What every example that runs by itself has in common: a host, a Pulumi project, and an end that leaves nothing behind. */
import { openStack } from "../../test/cli/stack.mjs";
import { coloured, say, showLine } from "./terminal.mjs";

/** Runs `steps` with the host and the stack of the project in `template`; a failure ends the process with 1. */
export async function play({ openHost, template, steps }) {
  try {
    const host = await openHost();
    try {
      await playOn(host, template, steps);
    } finally {
      await host.close();
    }
  } catch (error) {
    console.error(`\n${error.message}`);
    process.exitCode = 1;
  }
}

async function playOn(host, template, steps) {
  const stack = await openProgram(host, template);
  try {
    await steps(host, stack);
  } catch (error) {
    // After a failure nothing is left on a host of the user's.
    say("Something went wrong; destroying what was made.");
    await stack.destroy();
    throw error;
  } finally {
    await stack.close();
  }
}

async function openProgram(host, template) {
  const stack = await openStack({
    template,
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
