import type { Process } from "../../contract.js";
import { describeProblem, readOptions } from "./options.js";

/** logger(1): nobody reads the system log of this host, so a message is taken and is gone. */
export async function logger(process: Process): Promise<number> {
  const options = readOptions(process.argv.slice(1), "46Af:h:H:iP:p:S:st:");
  if (options.problem) {
    process.stderr.write(describeProblem("logger", options.problem));
    process.stderr.write(
      "usage: logger [-46Ais] [-f file] [-h host] [-p pri] [-t tag] [message ...]\n",
    );
    return 1;
  }
  if (options.operands.length === 0) await process.stdin.all();
  return 0;
}
