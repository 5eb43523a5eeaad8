/** Compiles the package to dist/. */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { mustRun } from "../run.mjs";

/** What tsconfig.build.json compiles, and what decides how. */
const sources = ["provider", "sdk", join("test", "embedded-host")];
const settings = ["tsconfig.json", "tsconfig.build.json", "package.json", "package-lock.json"];

/**
 * Runs `npm run build` when dist/ was made of other sources than the present ones. The result replaces dist/ in
 * one step, so no file of an older build is left and programs that run meanwhile find one or the other.
 */
export async function buildPackage(repository, say) {
  const dist = join(repository, "dist");
  const cache = join(repository, "node_modules", ".cache", "pulumi-freebsd");
  const stamp = join(cache, "sources-of-dist");
  const digest = await digestSources(repository);
  if (existsSync(dist) && digest === (await readStamp(stamp))) return;
  say("building dist/");
  const work = join(cache, `build-${process.pid}`);
  const fresh = join(work, "new");
  try {
    await mkdir(fresh, { recursive: true });
    await mustRun("npm", ["run", "--silent", "build", "--", "--outDir", fresh], {
      cwd: repository,
    });
    if (existsSync(dist)) await rename(dist, join(work, "old"));
    await rename(fresh, dist);
    await writeFile(stamp, digest);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function digestSources(repository) {
  const hash = createHash("sha256").update(process.version.split(".")[0]);
  const lists = await Promise.all(sources.map((name) => listFiles(join(repository, name))));
  const files = [...settings.map((name) => join(repository, name)), ...lists.flat()];
  for (const file of files.sort()) {
    hash.update(`\n${relative(repository, file)}\n`).update(await readFile(file));
  }
  return hash.digest("hex");
}

async function listFiles(directory) {
  if (!existsSync(directory)) return [];
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".ts"));
  return files.map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

async function readStamp(stamp) {
  return existsSync(stamp) ? readFile(stamp, "utf8") : undefined;
}
