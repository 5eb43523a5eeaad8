import { tool, UsageError } from "./support/options.js";
import { statIfThere } from "./support/paths.js";

/** sync(8): everything is written already. */
export const sync = tool({ options: "", usage: ["sync"], usageStatus: 1 }, () => 0);

/** fsync(1): as sync, of files and directories that have to be there. */
export const fsync = tool({ options: "", usage: ["fsync file ..."], usageStatus: 64 }, (run) => {
  if (run.operands.length === 0) throw new UsageError();
  const absent = run.operands.filter((path) => statIfThere(run, path) === undefined);
  for (const path of absent)
    run.process.stderr.write(`fsync: open ${path}: No such file or directory\n`);
  return absent.length > 0 ? 66 : 0;
});
