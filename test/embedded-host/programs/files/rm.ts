import { FsError } from "../../contract.js";
import { type Run, tool, UsageError, warn } from "./support/options.js";
import { lastName, statIfThere } from "./support/paths.js";
import { removeOne, removeTree } from "./support/remove.js";

/** rm(1). -P and -v are accepted; nothing asks, because nobody sits at a terminal. */
export const rm = tool(
  {
    options: "dfPRrvx",
    usage: ["rm [-f | -i] [-dIPRrvWx] file ...", "unlink [--] file"],
    usageStatus: 64,
  },
  (run) => {
    if (run.operands.length === 0) {
      if (run.options.has("f")) return 0;
      throw new UsageError();
    }
    return run.operands.reduce((status, path) => Math.max(status, remove(run, path)), 0);
  },
);

function remove(run: Run, path: string): number {
  const refusal = forbidden(path);
  if (refusal) {
    run.process.stderr.write(`${run.name}: ${refusal}\n`);
    return 1;
  }
  try {
    return removeExisting(run, path);
  } catch (error) {
    const gone = error instanceof FsError && (error.code === "ENOENT" || error.code === "ENOTDIR");
    return gone && run.options.has("f") ? 0 : warn(run, path, error);
  }
}

function forbidden(path: string): string | undefined {
  const name = lastName(path);
  if (name === "/") return '"/" may not be removed';
  return name === "." || name === ".." ? '"." and ".." may not be removed' : undefined;
}

function removeExisting(run: Run, path: string): number {
  const stat = statIfThere(run, path, { follow: false });
  if (!stat) throw new FsError("ENOENT", path);
  if (run.options.has("r") || run.options.has("R")) {
    return removeTree(run, path, { sameDevice: run.options.has("x") });
  }
  if (stat.type === "directory" && !run.options.has("d")) {
    run.process.stderr.write(`${run.name}: ${path}: is a directory\n`);
    return 1;
  }
  removeOne(run, path, stat);
  if (run.options.has("v")) run.process.stdout.write(`${path}\n`);
  return 0;
}
