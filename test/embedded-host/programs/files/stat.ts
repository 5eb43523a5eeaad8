import { FsError } from "../../contract.js";
import type { DetailedStat } from "../../kernel/attributes.js";
import { strerror } from "../../kernel/errors.js";
import { type Run, tool, UsageError } from "./support/options.js";
import { Owners } from "./support/owners.js";
import { formatStat } from "./support/stat-format.js";

const standard = '%d %i %Sp %l %Su %Sg %r %z "%Sa" "%Sm" "%Sc" "%SB" %k %b %#Xf %N';

/** stat(1): -f FORMAT, -t FORMAT of times, -L follows links, -q says nothing, -n no line end. */
export const stat = tool(
  {
    options: "Ff:Llnqrst:x",
    usage: ["stat [-FLnq] [-f format | -l | -r | -s | -x] [-t timefmt] [file|handle ...]"],
    usageStatus: 1,
  },
  (run) => {
    if (run.operands.length === 0) throw new UsageError();
    const format = run.options.value("f") ?? standard;
    const owners = new Owners(run);
    const times = run.options.value("t") ?? "%b %e %T %Y";
    let status = 0;
    for (const path of run.operands) {
      const found = lookAt(run, path);
      if (!found) {
        status = 1;
        continue;
      }
      const text = formatStat(format, { path, stat: found, owners, times });
      run.process.stdout.write(text + (run.options.has("n") ? "" : "\n"));
    }
    return status;
  },
);

function lookAt(run: Run, path: string): DetailedStat | undefined {
  const { files, process, options } = run;
  try {
    // A link that leads nowhere is shown itself.
    if (options.has("L") && files.exists(process, path)) return files.stat(process, path);
    return files.stat(process, path, { follow: false });
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (!options.has("q")) process.stderr.write(`${run.name}: ${path}: ${strerror(error.code)}\n`);
    return undefined;
  }
}
