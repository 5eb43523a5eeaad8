/** The Pulumi CLI by way of the npm package `pulumi`, a wrapper that downloads the CLI at its first use. */
import { join } from "node:path";
import { cacheDirectory, makeOnce } from "../cache.mjs";
import { mustRun } from "../run.mjs";
import { cliVersion, incomplete } from "./build.mjs";
import { isComplete } from "./find.mjs";

/** A slow line may need minutes for the download; where there is none, the wrapper fails at once by itself. */
const downloadLimit = 300_000;
const installLimit = 60_000;

const target = () => join(cacheDirectory(), `pulumi-npm-${cliVersion}`);
const binaries = (home) => join(home, "versions", cliVersion, "bin");

/** The directory of a CLI that was downloaded earlier. */
export function downloadedCli() {
  const directory = binaries(target());
  return isComplete(directory) ? directory : undefined;
}

/** Downloads the CLI into the cache; throws when that is not possible. */
export async function downloadCli(say) {
  say(`downloading the Pulumi CLI ${cliVersion} by the npm package`);
  await makeOnce(target(), async (staging) => {
    await installWrapper(staging);
    const wrapper = join(staging, "node_modules", "pulumi", "run.js");
    const env = { PULUMI_HOME: staging, PULUMI_SKIP_UPDATE_CHECK: "1" };
    await mustRun(process.execPath, [wrapper, "version"], { env, limit: downloadLimit });
    if (!isComplete(binaries(staging)))
      throw new Error("the download holds no Node.js language host");
  });
  return downloadedCli() ?? incomplete(target());
}

/** One attempt, because npm otherwise retries for more than a minute where there is no registry. */
async function installWrapper(directory) {
  const flags = ["--no-audit", "--no-fund", "--no-save", "--fetch-retries=0", "--loglevel=error"];
  const args = ["install", "--prefix", directory, ...flags, `pulumi@${cliVersion}`];
  await mustRun("npm", args, { cwd: directory, limit: installLimit });
}
