/** Installs the npm dependencies. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "../run.mjs";

/** Runs `npm ci` when what is installed is not what package-lock.json says. */
export async function installDependencies(repository, say) {
  if (await isInstalled(repository)) return;
  say("installing the npm dependencies");
  await mustRun("npm", ["ci", "--no-audit", "--no-fund"], { cwd: repository });
}

/**
 * npm writes what it installed to node_modules/.package-lock.json as its last step; comparing that with the lock
 * file also does justice to those who install by hand. Optional packages may be missing: they are for other
 * platforms, or could not be compiled.
 */
async function isInstalled(repository) {
  const wanted = await readPackages(join(repository, "package-lock.json"));
  const present = await readPackages(join(repository, "node_modules", ".package-lock.json"));
  if (!wanted || !present) return false;
  return Object.entries(wanted).every(([path, { version, integrity, optional }]) => {
    const found = present[path];
    if (path === "" || (optional && !found)) return true;
    return found?.version === version && found?.integrity === integrity;
  });
}

async function readPackages(file) {
  try {
    return JSON.parse(await readFile(file, "utf8")).packages;
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
