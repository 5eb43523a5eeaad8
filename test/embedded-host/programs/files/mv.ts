import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { copyOne, keepAttributes } from "./support/copy.js";
import { Fatal, type Run, tool, UsageError, warn } from "./support/options.js";
import { isDirectory, join, lastName, statIfThere } from "./support/paths.js";
import { removeTree } from "./support/remove.js";
import { traverse } from "./support/traverse.js";

/** mv(1). Between file systems it copies and removes. */
export const mv = tool(
  {
    options: "fhinv",
    usage: ["mv [-f | -i | -n] [-hv] source target", "mv [-f | -i | -n] [-v] source ... directory"],
    usageStatus: 64,
  },
  async (run) => {
    const { operands } = run;
    if (operands.length < 2) throw new UsageError();
    const target = operands.at(-1) as string;
    const enter = isDirectory(run, target, !run.options.has("h"));
    if (!enter && operands.length > 2) throw new Fatal(`${target} is not a directory`);
    let status = 0;
    for (const source of operands.slice(0, -1)) {
      const to = enter ? join(target, lastName(source)) : target;
      status = Math.max(status, await move(run, source, to));
    }
    return status;
  },
);

async function move(run: Run, from: string, to: string): Promise<number> {
  const { files, process, options } = run;
  if (options.has("n") && statIfThere(run, to, { follow: false })) return 0;
  try {
    files.rename(process, from, to);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (error.code === "EXDEV") return await moveBetween(run, from, to);
    process.stderr.write(`${run.name}: rename ${from} to ${to}: ${strerror(error.code)}\n`);
    return 1;
  }
  if (options.has("v")) process.stdout.write(`${from} -> ${to}\n`);
  return 0;
}

async function moveBetween(run: Run, from: string, to: string): Promise<number> {
  if (isMountPoint(run, from)) throw new Fatal("cannot rename a mount point");
  const status = await copyAcross(run, from, to);
  return status === 0 ? removeTree(run, from) : status;
}

function isMountPoint(run: Run, path: string): boolean {
  const host = run.files.hostPath(run.process, path);
  return run.files.mounts.some((mount) => mount.on === host);
}

/** cp -PRp from one file system to another. */
async function copyAcross(run: Run, from: string, to: string): Promise<number> {
  let status = 0;
  const failed = (path: string, error: unknown) => {
    status = warn(run, path, error);
  };
  for (const { path, stat, after } of traverse(run, from, { onError: failed })) {
    const target = to + path.slice(from.length);
    try {
      if (after) keepAttributes(run, target, stat);
      else await copyOne(run, path, stat, target, { preserve: true });
    } catch (error) {
      failed(path, error);
    }
  }
  return status;
}
