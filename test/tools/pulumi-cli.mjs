/**
 * Makes the Pulumi CLI available, cheapest way first: the one on PATH, the npm package `pulumi` (which downloads
 * the CLI at its first use), a pinned build from the Go module proxy. The last two are kept in the cache
 * directory outside the tree, so only the first run on a machine takes long.
 */
import { buildCli, builtCli } from "./pulumi-cli/build.mjs";
import { downloadCli, downloadedCli } from "./pulumi-cli/download.mjs";
import { cliOnPath } from "./pulumi-cli/find.mjs";

/**
 * The directory to put first on PATH: it holds `pulumi`, the Node.js language host and the launcher of dynamic
 * resources. `say` gets one line for each step that takes long. Throws when no way works.
 *
 * @param {{ say?: (line: string) => void }} [options]
 * @returns {Promise<{ path: string, how: "path" | "npm" | "built" }>}
 */
export async function pulumiCli({ say = () => undefined } = {}) {
  const present = await presentCli();
  if (present) return present;
  const reasons = [];
  for (const [how, make] of [
    ["npm", downloadCli],
    ["built", buildCli],
  ]) {
    try {
      return { path: await make(say), how };
    } catch (error) {
      reasons.push(`${how}: ${error.message}`);
      say(`not available by ${how}: ${error.message.split("\n").at(-1)}`);
    }
  }
  throw new Error(
    `No Pulumi CLI: install it so that \`pulumi\` is on PATH.\n${reasons.join("\n")}`,
  );
}

/** What needs no download and no build, so that all runs but the first are quick. */
async function presentCli() {
  const path = await cliOnPath();
  if (path) return { path, how: "path" };
  const downloaded = downloadedCli();
  if (downloaded) return { path: downloaded, how: "npm" };
  const built = builtCli();
  return built ? { path: built, how: "built" } : undefined;
}
