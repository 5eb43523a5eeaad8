import { tool, UsageError } from "./support/options.js";
import { directoryName, lastName } from "./support/paths.js";

/** basename(1): with a suffix to take off, or -a for several names and -s for their suffix. */
export const basename = tool(
  {
    options: "as:",
    usage: ["basename string [suffix]", "basename [-a] [-s suffix] string [...]"],
    usageStatus: 1,
  },
  (run) => {
    const { options, operands, process } = run;
    const several = options.has("a") || options.has("s");
    if (operands.length === 0 || (!several && operands.length > 2)) throw new UsageError();
    const suffix = options.value("s") ?? (several ? undefined : operands[1]) ?? "";
    for (const path of several ? operands : operands.slice(0, 1)) {
      const name = lastName(path);
      const cut = suffix !== "" && name !== suffix && name.endsWith(suffix);
      process.stdout.write(`${cut ? name.slice(0, -suffix.length) : name}\n`);
    }
    return 0;
  },
);

/** dirname(1). */
export const dirname = tool(
  { options: "", usage: ["dirname string [...]"], usageStatus: 1 },
  ({ operands, process }) => {
    if (operands.length === 0) throw new UsageError();
    for (const path of operands) process.stdout.write(`${directoryName(path)}\n`);
    return 0;
  },
);
