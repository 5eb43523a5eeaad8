/** mv of coreutils: `-f`, and `-T`, which never moves into a directory. */
import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";

export function mv(process: Process): number {
  const { argv, machine, stderr } = process;
  const flags = argv.slice(1).filter((word) => /^-[fT]+$/.test(word));
  const [from, to, ...more] = argv.slice(1 + flags.length);
  const plain = flags.join("").includes("T");
  if (from === undefined || to === undefined || more.length > 0 || !plain) {
    stderr.write("mv: unsupported form\n");
    return 1;
  }
  try {
    machine.files.rename(process, from, to);
    return 0;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    stderr.write(`mv: cannot move '${from}' to '${to}': ${strerror(error.code)}\n`);
    return 1;
  }
}
