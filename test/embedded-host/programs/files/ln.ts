import { FsError } from "../../contract.js";
import { Fatal, type Run, tool, UsageError, warn } from "./support/options.js";
import { isDirectory, join, lastName, statIfThere } from "./support/paths.js";

/** ln(1). A target that is a directory is entered, also through a link unless -h or -n is given. */
export const ln = tool(
  {
    options: "Ffhinsvw",
    usage: [
      "ln [-s [-F] | -L | -P] [-f | -i] [-hnvw] source_file [target_file]",
      "ln [-s [-F] | -L | -P] [-f | -i] [-hnvw] source_file ... target_dir",
    ],
    usageStatus: 1,
  },
  (run) => {
    const { operands } = run;
    if (operands.length === 0) throw new UsageError();
    const [first] = operands as [string];
    if (operands.length === 1) return linkInto(run, first, ".");
    const target = operands.at(-1) as string;
    const enter = isDirectory(run, target, !(run.options.has("h") || run.options.has("n")));
    if (operands.length > 2 && !enter) throw new Fatal(`${target}: Not a directory`);
    return operands
      .slice(0, -1)
      .reduce(
        (status, source) =>
          Math.max(status, enter ? linkInto(run, source, target) : linkTo(run, source, target)),
        0,
      );
  },
);

function linkInto(run: Run, source: string, directory: string): number {
  const target = directory === "." ? lastName(source) : join(directory, lastName(source));
  return linkTo(run, source, target);
}

function linkTo(run: Run, source: string, target: string): number {
  const { files, process, options } = run;
  const symbolic = options.has("s");
  try {
    if (!symbolic) checkSource(run, source);
  } catch (error) {
    return warn(run, source, error);
  }
  try {
    if (options.has("f")) removeOld(run, target);
    if (symbolic) files.symlink(process, source, target);
    else files.link(process, source, target);
  } catch (error) {
    return warn(run, target, error);
  }
  if (options.has("v")) process.stdout.write(`${target} ${symbolic ? "->" : "=>"} ${source}\n`);
  return 0;
}

function checkSource(run: Run, source: string): void {
  if (run.files.stat(run.process, source).type === "directory") throw new FsError("EISDIR", source);
}

function removeOld(run: Run, target: string): void {
  const old = statIfThere(run, target, { follow: false });
  if (!old) return;
  if (old.type === "directory" && run.options.has("F")) run.files.rmdir(run.process, target);
  else run.files.unlink(run.process, target);
}
