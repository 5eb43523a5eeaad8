import { forEachOperand, type Run, tool, UsageError } from "./support/options.js";
import { directoryName } from "./support/paths.js";

/** rmdir(1). */
export const rmdir = tool(
  { options: "pv", usage: ["rmdir [-pv] directory ..."], usageStatus: 1 },
  (run) => {
    if (run.operands.length === 0) throw new UsageError();
    return forEachOperand(run, (path) => {
      removeOne(run, path);
      if (run.options.has("p")) removeAbove(run, path);
      return 0;
    });
  },
);

function removeOne(run: Run, path: string): void {
  run.files.rmdir(run.process, path);
  if (run.options.has("v")) run.process.stdout.write(`${path}\n`);
}

function removeAbove(run: Run, path: string): void {
  for (let above = directoryName(path); above !== "." && above !== "/"; ) {
    removeOne(run, above);
    above = directoryName(above);
  }
}
