/** A directory from which `pulumi-freebsd` resolves, as it does from a user's project. */
import { mkdir, mkdtemp, realpath, rm, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const repository = resolve(__dirname, "..", "..");
const require = createRequire(__filename);

/** The SDKs that the provider must work with: the oldest of the peer range and the newest for this Node.js. */
export const sdks = [sdkOf("pulumi-oldest"), sdkOf("@pulumi/pulumi")];

function sdkOf(packageName: string): { version: string; directory: string } {
  const manifest = require.resolve(`${packageName}/package.json`);
  const { version } = require(manifest) as { version: string };
  return { version, directory: dirname(manifest) };
}

/** Makes an empty project with the package (default: this repository) linked as `pulumi-freebsd`. */
export async function makeProject(packageDirectory = repository) {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "pulumi-freebsd-")));
  await mkdir(join(directory, "node_modules"));
  await symlink(packageDirectory, join(directory, "node_modules", "pulumi-freebsd"));
  return { directory, remove: () => rm(directory, { recursive: true, force: true }) };
}
