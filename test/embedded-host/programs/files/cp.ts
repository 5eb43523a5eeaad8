import { FsError } from "../../contract.js";
import { copyOne, keepAttributes } from "./support/copy.js";
import { Fatal, type Run, tool, UsageError, warn } from "./support/options.js";
import { isDirectory, join, lastName, statIfThere } from "./support/paths.js";
import { traverse, type Visit } from "./support/traverse.js";

const flags = "[-R [-H | -L | -P]] [-f | -i | -n] [-alpsvx]";

/** cp(1): -a is -RpP; links below an operand are copied as links with -R. */
export const cp = tool(
  {
    options: "afHLnPpRrvx",
    usage: [`cp ${flags} source_file target_file`, `cp ${flags} source_file ... target_directory`],
    usageStatus: 64,
  },
  async (run) => {
    const { operands } = run;
    if (operands.length < 2) throw new UsageError();
    const target = operands.at(-1) as string;
    const enter = isDirectory(run, target);
    if (!enter && operands.length > 2) throw new Fatal(`${target} is not a directory`);
    let status = 0;
    for (const source of operands.slice(0, -1)) {
      const whole = source.endsWith("/") && recursive(run);
      const to = enter && !whole ? join(target, lastName(source)) : target;
      status = Math.max(status, await copyOperand(run, source, to));
    }
    return status;
  },
);

function recursive(run: Run): boolean {
  return ["R", "r", "a"].some((letter) => run.options.has(letter));
}

async function copyOperand(run: Run, source: string, target: string): Promise<number> {
  let status = 0;
  const failed = (path: string, error: unknown) => {
    status = warn(run, path, error);
  };
  const followOperand = !recursive(run) || run.options.last("HLP") === "L";
  const sameDevice = run.options.has("x");
  const enter = () => recursive(run);
  const base = source.replace(/(?!^)\/+$/, "");
  for (const visit of traverse(run, base, { followOperand, sameDevice, enter, onError: failed })) {
    const to = target + visit.path.slice(base.length);
    try {
      if (!(await copyVisit(run, visit, to))) status = 1;
    } catch (error) {
      failed(visit.path, error);
    }
  }
  return status;
}

/** Returns false for a directory that may not be copied. */
async function copyVisit(run: Run, visit: Visit, to: string): Promise<boolean> {
  const { options, process } = run;
  const preserve = options.has("p") || options.has("a");
  if (visit.stat.type === "directory" && !recursive(run)) {
    if (!visit.after)
      process.stderr.write(`${run.name}: ${visit.path} is a directory (not copied).\n`);
    return false;
  }
  if (visit.after) {
    if (preserve) keepAttributes(run, to, visit.stat);
    else run.files.chmod(process, to, visit.stat.mode & ~process.umask);
    return true;
  }
  const old = statIfThere(run, to);
  if (options.has("n") && old && visit.stat.type !== "directory") return true;
  if (old && visit.stat.type === "file" && sameFile(run, visit.path, to)) {
    process.stderr.write(`${run.name}: ${to} and ${visit.path} are identical (not copied).\n`);
    return false;
  }
  if (old?.type === "directory" && visit.stat.type === "file") throw new FsError("EISDIR", to);
  await copyOne(run, visit.path, visit.stat, to, { preserve, force: options.has("f") });
  if (options.has("v")) process.stdout.write(`${visit.path} -> ${to}\n`);
  return true;
}

function sameFile(run: Run, a: string, b: string): boolean {
  const [left, right] = [a, b].map((path) => run.files.stat(run.process, path));
  return left?.ino === right?.ino && left?.dev === right?.dev;
}
