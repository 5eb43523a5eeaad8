import { tool } from "./support/options.js";

/** yes(1): repeats its operand until nobody reads any more. */
export const yes = tool(
  { options: "", usage: ["yes [expletive]"], usageStatus: 1 },
  async (run) => {
    const line = `${run.operands.join(" ") || "y"}\n`;
    const piece = line.repeat(Math.ceil(8192 / line.length));
    for (;;) {
      run.process.stdout.write(piece);
      // Writing never waits here: without a pause no reader would ever get to run.
      await run.process.sleep(0);
    }
  },
);
