/** Links the package into examples/, so that the Pulumi projects there require it by its name as users do. */
import { mkdir, readlink, rm, symlink } from "node:fs/promises";
import { join } from "node:path";

/**
 * The link lies in examples/node_modules, above the projects: they need no node_modules of their own, and
 * `@pulumi/pulumi` resolves from there to the repository's one copy, as it does from the package itself.
 */
export async function linkPackage(repository) {
  const modules = join(repository, "examples", "node_modules");
  const link = join(modules, "pulumi-freebsd");
  const target = join("..", "..");
  if ((await targetOf(link)) === target) return;
  await mkdir(modules, { recursive: true });
  await rm(link, { recursive: true, force: true });
  await symlink(target, link, "junction");
}

async function targetOf(link) {
  try {
    return await readlink(link);
  } catch (error) {
    if (error.code === "ENOENT" || error.code === "EINVAL") return undefined;
    throw error;
  }
}
