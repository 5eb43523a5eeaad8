/** `npm run test:host -- ssh://root@host`: the contract suite against a real host. See arguments.mjs for its options. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { execa } from "execa";
import { readArguments, usage } from "./arguments.mjs";

const repository = resolve(import.meta.dirname, "..", "..");

/** The arguments, or undefined when they are not to be run; the status says why. */
function understand(args) {
  try {
    const asked = readArguments(args);
    if (!asked.help) return asked;
    console.log(usage);
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    process.exitCode = 2;
  }
  return undefined;
}

/** Vitest runs the suite, and the numbers of its report end the output, as in CI. */
async function runSuite({ only, clean, identity, ...target }) {
  const directory = await mkdtemp(join(tmpdir(), "pulumi-freebsd-"));
  const report = join(directory, "report.json");
  const show = { stdio: "inherit", reject: false, cwd: repository };
  try {
    const { exitCode } = await execa("vitest", vitestArguments(only, clean), {
      ...show,
      preferLocal: true,
      localDir: repository,
      env: {
        PULUMI_FREEBSD_TEST_REPORT: report,
        PULUMI_FREEBSD_TARGET: JSON.stringify(target),
        // No input of a resource: those show where a test fails.
        ...(identity && { FREEBSD_SSH_PRIVATE_KEY: await readFile(identity, "utf8") }),
      },
    });
    const numbers = [join(repository, "test", "tools", "report.mjs"), report, `${exitCode ?? 1}`];
    return (await execa("node", numbers, show)).exitCode;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function vitestArguments(only, clean) {
  const config = join(import.meta.dirname, "vitest.config.mts");
  const file = clean ? "clean" : "host";
  return ["run", "--config", config, file, ...(only === undefined ? [] : ["-t", only])];
}

const asked = understand(process.argv.slice(2));
if (asked) process.exitCode = await runSuite(asked);
