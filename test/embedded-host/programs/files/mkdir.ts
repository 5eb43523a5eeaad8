import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { parseMode } from "./support/modes.js";
import { Fatal, type Run, tool, UsageError } from "./support/options.js";
import { directoryName, isDirectory } from "./support/paths.js";

/** mkdir(1). */
export const mkdir = tool(
  { options: "m:pv", usage: ["mkdir [-pv] [-m mode] directory_name ..."], usageStatus: 64 },
  (run) => {
    if (run.operands.length === 0) throw new UsageError();
    const mode = modeOption(run);
    let status = 0;
    for (const path of run.operands) {
      try {
        if (run.options.has("p")) makePath(run, path, mode);
        else makeOne(run, path, mode);
      } catch (error) {
        status = complain(run, path, error);
      }
    }
    return status;
  },
);

function modeOption(run: Run): number | undefined {
  const text = run.options.value("m");
  if (text === undefined) return undefined;
  const change = parseMode(text, run.process.umask);
  if (!change) throw new Fatal(`invalid file mode: ${text}`);
  return change(0o777, true);
}

/** Makes missing directories above with the umask's mode, the last one with the mode given. */
function makePath(run: Run, path: string, mode: number | undefined): void {
  const names = path.split("/");
  for (let count = 1; count <= names.length; count += 1) {
    const part = names.slice(0, count).join("/");
    if (part === "" || names[count - 1] === "") continue;
    if (isDirectory(run, part)) continue;
    const last = count === lastIndex(names);
    if (!last && run.files.exists(run.process, part)) throw new FsError("ENOTDIR", part);
    makeOne(run, part, last ? mode : undefined);
  }
}

/** Where the last name stands: a path may end with slashes. */
function lastIndex(names: string[]): number {
  return names.findLastIndex((name) => name !== "") + 1;
}

function makeOne(run: Run, path: string, mode: number | undefined): void {
  run.files.mkdir(run.process, path);
  if (mode !== undefined) run.files.chmod(run.process, path, mode);
  if (run.options.has("v")) run.process.stdout.write(`${path}\n`);
}

/** A missing or unsuitable directory above is named itself, not the one that was to be made. */
function complain(run: Run, path: string, error: unknown): number {
  if (!(error instanceof FsError)) throw error;
  const above = error.code === "ENOENT" || error.code === "ENOTDIR";
  const named = run.options.has("p") ? error.path : above ? directoryName(path) : path;
  run.process.stderr.write(`${run.name}: ${named}: ${strerror(error.code)}\n`);
  return 1;
}
