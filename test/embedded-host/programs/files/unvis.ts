import { decodeName } from "./mtree/vis.js";
import { readInput } from "./support/input.js";
import { tool } from "./support/options.js";

/** unvis(1): makes of what vis(3) wrote what it was made of. */
export const unvis = tool(
  { options: "eHhm", usage: ["unvis [-e] [-Hh | -m] [file...]"], usageStatus: 1 },
  async (run) => {
    for (const path of run.operands.length > 0 ? run.operands : ["-"]) {
      const text = (await readInput(run, path)).toString("latin1");
      const lines = text.split("\n").map((line) => decodeName(line));
      run.process.stdout.write(Buffer.from(lines.join("\n")));
    }
    return 0;
  },
);
