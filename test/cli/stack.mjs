/**
 * A Pulumi stack in a directory of its own, driven by the real CLI: what the lifecycle tests and the demo share.
 * Nothing of the user's takes part: a fresh HOME, PULUMI_HOME and file backend, and no variable of the caller's
 * environment but PATH, so that neither ~/.ssh nor an agent nor a logged-in backend plays a part.
 */
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { execa } from "execa";
import { cacheDirectory } from "../tools/cache.mjs";
import { pulumiCli } from "../tools/pulumi-cli.mjs";
import { readEvents, summarize } from "./events.mjs";

const repository = resolve(import.meta.dirname, "..", "..");

/** Makes the stack; see stack-types.ts for the options. `close` removes its directory. */
export async function openStack(options) {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "pulumi-freebsd-")));
  const stack = new CliStack(directory, (await pulumiCli()).path, options);
  try {
    await stack.prepare();
  } catch (error) {
    await stack.close();
    throw error;
  }
  return stack;
}

class CliStack {
  constructor(directory, cli, options) {
    this.directory = directory;
    this.project = join(directory, "project");
    this.name = options.stackName ?? "dev";
    this.options = options;
    this.env = environment(directory, cli, options.env);
    this.runs = 0;
  }

  async prepare() {
    await mkdir(this.project);
    await mkdir(join(this.directory, "state"));
    await linkPackages(this.directory, this.options.package ?? repository);
    await writeProject(this.project, this.options);
    await this.mustRun(["stack", "init", this.name, "--non-interactive"]);
  }

  up(flags = {}) {
    return this.operate("up", ["--yes", "--skip-preview"], flags);
  }

  preview(flags = {}) {
    return this.operate("preview", [], flags);
  }

  refresh(flags = {}) {
    return this.operate("refresh", ["--yes", "--skip-preview"], flags);
  }

  destroy(flags = {}) {
    return this.operate("destroy", ["--yes", "--skip-preview"], flags);
  }

  /** Replaces the text of the program. */
  async setProgram(text) {
    await writeFile(join(this.project, programFile(this.options)), text);
  }

  async setConfig(key, value, secret = false) {
    const kind = secret ? "--secret" : "--plaintext";
    // As input, because a value as argument must not start with a dash.
    await this.mustRun(["config", "set", key, kind, "--stack", this.name], { input: value });
  }

  async outputs() {
    const args = ["stack", "output", "--json", "--show-secrets", "--stack", this.name];
    return JSON.parse((await this.mustRun(args)).stdout);
  }

  /** The stack's state, secrets in the clear. */
  async export() {
    const args = ["stack", "export", "--show-secrets", "--stack", this.name];
    return JSON.parse((await this.mustRun(args)).stdout);
  }

  async import(state) {
    const args = ["stack", "import", "--stack", this.name];
    await this.mustRun(args, { input: JSON.stringify(state) });
  }

  async close() {
    await rm(this.directory, { recursive: true, force: true });
  }

  /** An operation of the engine; its events are read from the log that the CLI writes beside the project. */
  async operate(command, always, flags) {
    this.runs += 1;
    const log = join(this.directory, `events-${this.runs}.json`);
    const fixed = ["--non-interactive", "--stack", this.name, "--event-log", log];
    const args = [command, ...always, ...fixed, ...flagArguments(flags)];
    const result = await this.run(args, { show: this.options.show });
    const events = await readEvents(log);
    return { ...result, ...summarize(events), events };
  }

  /** Any other command of the CLI. */
  async run(args, { input, show } = {}) {
    const color = this.options.color ? "always" : "never";
    const cli = execa("pulumi", [...args, "--color", color], {
      cwd: this.project,
      env: this.env,
      extendEnv: false,
      reject: false,
      all: true,
      ...(input === undefined ? { stdin: "ignore" } : { input }),
    });
    if (show) for await (const line of cli.iterable({ from: "all" })) show(line);
    const result = await cli;
    if (result.exitCode === undefined) throw new Error(result.shortMessage);
    return { status: result.exitCode, stdout: result.stdout, stderr: result.stderr };
  }

  async mustRun(args, options) {
    const result = await this.run(args, options);
    if (result.status === 0) return result;
    throw new Error(`pulumi ${args.join(" ")}: status ${result.status}\n${result.stderr}`);
  }
}

function environment(directory, cli, more) {
  return {
    PATH: [cli, process.env.PATH].join(delimiter),
    HOME: directory,
    TMPDIR: tmpdir(),
    LANG: "C.UTF-8",
    PULUMI_HOME: join(directory, ".pulumi"),
    PULUMI_BACKEND_URL: `file://${join(directory, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "not a secret",
    PULUMI_SKIP_UPDATE_CHECK: "true",
    PULUMI_AUTOMATION_API_SKIP_VERSION_CHECK: "true",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Shows the flag --event-log.
    PULUMI_DEBUG_COMMANDS: "true",
    // Node 22 and later keep compiled code there: loading the SDK twice is most of a run's time.
    NODE_COMPILE_CACHE: join(cacheDirectory(), "node-compile-cache"),
    ...more,
  };
}

/**
 * The packages lie above the project, where Node finds them, too: the language host reads every package.json
 * below the project's own node_modules at each start, and there would follow the link into the repository.
 */
async function linkPackages(directory, packageDirectory) {
  const modules = join(directory, "node_modules");
  await mkdir(join(modules, "@pulumi"), { recursive: true });
  const sdk = join(repository, "node_modules", "@pulumi", "pulumi");
  await symlink(sdk, join(modules, "@pulumi", "pulumi"));
  await symlink(packageDirectory, join(modules, "pulumi-freebsd"));
}

/** A copy of `template`, or a project around the program's text. */
async function writeProject(project, options) {
  if (options.template) return cp(options.template, project, { recursive: true });
  const typescript = options.language === "typescript";
  const runtime = `runtime:\n  name: nodejs\n  options:\n    typescript: ${typescript}\n`;
  await writeFile(
    join(project, "Pulumi.yaml"),
    `name: ${options.projectName ?? "test"}\n${runtime}`,
  );
  const manifest = { name: "program", private: true, main: programFile(options) };
  await writeFile(join(project, "package.json"), JSON.stringify(manifest));
  if (typescript)
    await writeFile(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions }));
  await writeFile(join(project, programFile(options)), options.program);
}

const compilerOptions = {
  target: "ES2022",
  module: "node16",
  moduleResolution: "node16",
  strict: true,
  skipLibCheck: true,
  types: [],
};

function programFile(options) {
  return options.language === "typescript" ? "index.ts" : "index.js";
}

function flagArguments({ diff, expectNoChanges, refresh, runProgram, target = [], more = [] }) {
  return [
    ...(diff ? ["--diff"] : []),
    ...(expectNoChanges ? ["--expect-no-changes"] : []),
    ...(refresh ? ["--refresh"] : []),
    ...(runProgram ? ["--run-program"] : []),
    ...target.flatMap((urn) => ["--target", urn]),
    ...more,
  ];
}
