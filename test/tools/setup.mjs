/**
 * Makes a fresh clone ready for tests, demo and benchmark, and does next to nothing when it is ready already.
 * Runs before `npm test`, `npm run demo` and `npm run bench`. Node built-ins only: it runs before `npm ci`.
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pulumiCli } from "./pulumi-cli.mjs";
import { buildPackage } from "./setup/build.mjs";
import { installDependencies } from "./setup/install.mjs";
import { linkPackage } from "./setup/link.mjs";

const repository = resolve(import.meta.dirname, "..", "..");
const say = (line) => console.log(`set-up: ${line}`);

const sources = {
  path: "from PATH",
  npm: "from the npm package `pulumi`",
  built: "built from the Go module proxy",
};

/** Tests that compare with programs of this computer are skipped with the reason where there are none. */
async function findPrograms() {
  const tool = join(import.meta.dirname, "programs.mjs");
  if (!existsSync(tool)) return;
  const { ensurePrograms, programNames } = await import(pathToFileURL(tool).href);
  const found = await ensurePrograms(programNames, { say });
  for (const [index, { reason }] of found.entries()) {
    if (reason) say(`no ${programNames[index]} (${reason}): tests that need it are skipped`);
  }
}

async function main() {
  await installDependencies(repository, say);
  await buildPackage(repository, say);
  await linkPackage(repository);
  const cli = await pulumiCli({ say });
  await findPrograms();
  say(`ready; Pulumi CLI ${sources[cli.how]} (${cli.path})`);
}

try {
  await main();
} catch (error) {
  console.error(`set-up failed: ${error.message}`);
  process.exitCode = 1;
}
