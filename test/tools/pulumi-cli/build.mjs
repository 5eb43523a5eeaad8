/** The Pulumi CLI built from the Go module proxy, pinned by the module files in `cli/` and `language/`. */
import { chmod, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheDirectory, makeOnce } from "../cache.mjs";
import { mustRun, run } from "../run.mjs";
import { cliName, isComplete, languageHostName, launcherName } from "./find.mjs";

/** The version of the CLI's module in `cli/go.mod`. */
export const cliVersion = "3.250.0";

const modules = import.meta.dirname;
const sdkModule = "github.com/pulumi/pulumi/sdk/v3";

const target = () => join(cacheDirectory(), `pulumi-${cliVersion}`);

/** The directory of a CLI that was built earlier. */
export function builtCli() {
  const directory = join(target(), "bin");
  return isComplete(directory) ? directory : undefined;
}

/** Builds the CLI into the cache; throws without Go or where modules cannot be had. */
export async function buildCli(say) {
  if ((await run("go", ["version"])).status !== 0) throw new Error("`go` is not on PATH");
  await makeOnce(target(), async (staging) => {
    const bin = join(staging, "bin");
    await mkdir(bin);
    say(`building the Node.js language host (the first of two builds, less than a minute)`);
    await build(
      "language",
      `${sdkModule}/nodejs/cmd/${languageHostName}`,
      join(bin, languageHostName),
    );
    say(`building the Pulumi CLI ${cliVersion} (once on this machine, about 4 minutes on 2 cores)`);
    await build("cli", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", join(bin, cliName));
    await copyLauncher(join(bin, launcherName));
  });
  return builtCli() ?? incomplete(target());
}

async function build(module, command, output) {
  // Without the linker's value the CLI has no version, and takes itself for older than any plugin.
  const version = `-X ${sdkModule}/go/common/version.Version=v${cliVersion}`;
  const args = ["build", "-mod=readonly", "-ldflags", `-s -w ${version}`, "-o", output, command];
  await mustRun("go", args, { cwd: join(modules, module), env: { CGO_ENABLED: "0" } });
}

/** The final name is only ever given to a whole one, so somebody has removed a part of it. */
export function incomplete(directory) {
  throw new Error(`${directory} is incomplete: remove it and try again`);
}

/** The launcher is a script in the SDK's module directory, which is read-only. */
async function copyLauncher(output) {
  const args = ["list", "-m", "-f", "{{.Dir}}", sdkModule];
  const { stdout } = await mustRun("go", args, { cwd: join(modules, "cli") });
  await copyFile(join(stdout.trim(), "nodejs", "dist", launcherName), output);
  await chmod(output, 0o755);
}
