import { forEachOperand, tool } from "./support/options.js";

/** realpath(1): -q says nothing about what is not there. */
export const realpath = tool(
  { options: "q", usage: ["realpath [-q] [path ...]"], usageStatus: 1 },
  (run) => {
    const { files, process } = run;
    const operands = run.operands.length === 0 ? ["."] : run.operands;
    return forEachOperand({ ...run, operands }, (path) => {
      const quiet = run.options.has("q") && !files.exists(process, path);
      if (quiet) return 1;
      process.stdout.write(`${files.realpath(process, path)}\n`);
      return 0;
    });
  },
);
