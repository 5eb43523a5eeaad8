import type { Process } from "../../contract.js";
import { rebootMachine } from "../../kernel/reboot.js";
import { describeProblem, readOptions } from "./options.js";

/** reboot(8): the machine goes down and comes up again; whoever is connected is cut off. */
export async function reboot(process: Process): Promise<number> {
  const options = readOptions(process.argv.slice(1), "cdlNnpqrk:o:e:f");
  if (options.problem) {
    process.stderr.write(describeProblem("reboot", options.problem));
    process.stderr.write("usage: reboot [-dlNnpqr] [-k kernel]\n");
    return 1;
  }
  if (process.credentials.uid !== 0 || process.jid !== 0) {
    process.stderr.write("reboot: Operation not permitted\n");
    return 1;
  }
  await rebootMachine(process.machine, (argv) => process.spawn(argv), process.pid);
  return 0;
}
