/** Looks for a Pulumi CLI that is there already. */

import { createHash } from "node:crypto";
import { accessSync, constants, statSync } from "node:fs";
import { copyFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { cacheDirectory, makeOnce } from "../cache.mjs";
import { run } from "../run.mjs";

export const cliName = "pulumi";
export const languageHostName = "pulumi-language-nodejs";
export const launcherName = "pulumi-resource-pulumi-nodejs";

/** Whether a directory holds everything that a program with dynamic resources needs. */
export function isComplete(directory) {
  return [cliName, languageHostName, launcherName].every((name) =>
    isExecutable(join(directory, name)),
  );
}

/**
 * The directory of the `pulumi` on PATH, when it runs and is a version 3 with the Node.js language host. Where
 * only the launcher is missing (some packages leave it out), a directory in the cache links to the two and adds
 * the launcher that comes with the SDK.
 */
export async function cliOnPath(path = process.env.PATH ?? "") {
  const cli = findOnPath(cliName, path);
  if (!cli || !(await runs(cli))) return undefined;
  const directory = dirname(cli);
  if (isComplete(directory)) return directory;
  const languageHost = findOnPath(languageHostName, path);
  return languageHost && completeCli(cli, languageHost, findOnPath(launcherName, path));
}

/** The first executable of that name on PATH. */
export function findOnPath(name, path = process.env.PATH ?? "") {
  const found = path
    .split(delimiter)
    .filter(Boolean)
    .find((dir) => isExecutable(join(dir, name)));
  return found && join(found, name);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

async function runs(cli) {
  const env = { PULUMI_SKIP_UPDATE_CHECK: "1" };
  const { status, stdout } = await run(cli, ["version"], { env, limit: 20_000 });
  return status === 0 && /^v3\./m.test(stdout);
}

async function completeCli(cli, languageHost, launcher) {
  const source = launcher ?? launcherOfSdk();
  if (!source) return undefined;
  const digest = createHash("sha256").update([cli, languageHost, source].join("\0")).digest("hex");
  return makeOnce(
    join(cacheDirectory(), `pulumi-on-path-${digest.slice(0, 12)}`),
    async (staging) => {
      await symlink(cli, join(staging, cliName));
      await symlink(languageHost, join(staging, languageHostName));
      await copyFile(source, join(staging, launcherName));
    },
  );
}

function launcherOfSdk() {
  try {
    const sdk = createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json");
    const launcher = join(dirname(sdk), launcherName);
    return isExecutable(launcher) ? launcher : undefined;
  } catch {
    // The SDK is not installed yet: another way is tried.
    return undefined;
  }
}
