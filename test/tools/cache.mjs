/** The directory outside the tree in which the set-up tools keep what is costly to make. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/** `PULUMI_FREEBSD_CACHE`, or `pulumi-freebsd` in the user's cache directory. */
export function cacheDirectory(env = process.env) {
  if (env.PULUMI_FREEBSD_CACHE) return env.PULUMI_FREEBSD_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "pulumi-freebsd");
}

/**
 * Makes `target` by filling a directory beside it and renaming that into place: a half-made one never has the
 * final name, and of two processes that make it at once one wins and the other takes the winner's.
 */
export async function makeOnce(target, fill) {
  if (existsSync(target)) return target;
  const staging = `${target}.${process.pid}.${randomBytes(4).toString("hex")}`;
  await mkdir(staging, { recursive: true });
  try {
    await fill(staging);
    await mkdir(dirname(target), { recursive: true });
    await moveIntoPlace(staging, target);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
  return target;
}

async function moveIntoPlace(staging, target) {
  try {
    await rename(staging, target);
  } catch (error) {
    // A directory with something in it is there: another process was quicker, and its result is as good.
    if (error.code !== "ENOTEMPTY" && error.code !== "EEXIST") throw error;
  }
}
