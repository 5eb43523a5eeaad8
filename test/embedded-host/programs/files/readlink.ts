import { FsError } from "../../contract.js";
import { type Run, tool, UsageError } from "./support/options.js";

/** readlink(1): silent with status 1 for what is no link or is not there. */
export const readlink = tool(
  { options: "fn", usage: ["readlink [-fn] [file ...]"], usageStatus: 1 },
  (run) => {
    if (run.operands.length === 0) throw new UsageError();
    let status = 0;
    for (const path of run.operands) {
      const target = targetOf(run, path);
      if (target === undefined) status = 1;
      else run.process.stdout.write(target + (run.options.has("n") ? "" : "\n"));
    }
    return status;
  },
);

function targetOf(run: Run, path: string): string | undefined {
  const { files, process, options } = run;
  try {
    return options.has("f") ? files.realpath(process, path) : files.readlink(process, path);
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}
