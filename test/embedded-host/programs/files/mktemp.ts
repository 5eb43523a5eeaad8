import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { type Run, tool, UsageError } from "./support/options.js";
import { join } from "./support/paths.js";

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** mktemp(1): a file, or with -d a directory, of a name that is not there yet. */
export const mktemp = tool(
  {
    options: "dp:qt:u",
    usage: [
      "mktemp [-d] [-p tmpdir] [-q] [-t prefix] [-u] template ...",
      "mktemp [-d] [-p tmpdir] [-q] [-u] -t prefix",
    ],
    usageStatus: 1,
  },
  (run) => {
    const prefix = run.options.value("t");
    const templates = [...run.operands];
    const directory = run.options.value("p") ?? run.process.env.get("TMPDIR") ?? "/tmp";
    if (prefix !== undefined) templates.push(join(directory, `${prefix}.XXXXXXXXXX`));
    else if (templates.length === 0) templates.push(join(directory, "tmp.XXXXXXXXXX"));
    if (templates.some((template) => template === "")) throw new UsageError();
    return templates.reduce((status, template) => Math.max(status, make(run, template)), 0);
  },
);

function make(run: Run, template: string): number {
  const { files, process, options } = run;
  const directory = options.has("d");
  for (;;) {
    const path = template.replace(/X+$/, (marks) => [...marks].map(() => letter(run)).join(""));
    try {
      if (directory) files.mkdir(process, path, 0o700);
      else files.write(process, path, "", { exclusive: true, mode: 0o600 });
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      // Another file of that name: the next name may be free, if there is another one.
      if (error.code === "EEXIST" && path !== template) continue;
      return fail(run, template, error);
    }
    if (options.has("u")) remove(run, path, directory);
    process.stdout.write(`${path}\n`);
    return 0;
  }
}

function letter(run: Run): string {
  return letters[Math.floor(run.process.machine.random() * letters.length)] as string;
}

function remove(run: Run, path: string, directory: boolean): void {
  if (directory) run.files.rmdir(run.process, path);
  else run.files.unlink(run.process, path);
}

function fail(run: Run, template: string, error: FsError): number {
  const call = run.options.has("d") ? "mkdtemp" : "mkstemp";
  if (!run.options.has("q")) {
    run.process.stderr.write(
      `${run.name}: ${call} failed on ${template}: ${strerror(error.code)}\n`,
    );
  }
  return 1;
}
