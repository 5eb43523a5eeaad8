import { tool } from "./support/options.js";

/** sync(8): everything is written already. */
export const sync = tool({ options: "", usage: ["sync"], usageStatus: 1 }, () => 0);
