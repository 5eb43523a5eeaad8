import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { argumentOf, describeProblem, readOptions } from "./options.js";
import { databaseText, replace } from "./pwd_mkdb.js";

/** cap_mkdb(1): makes FILE.db of a capability file such as login.conf. */
export function capMkdb(process: Process): number {
  const options = readOptions(process.argv.slice(1), "blvf:");
  const [first] = options.operands;
  if (options.problem || first === undefined) {
    if (options.problem) process.stderr.write(describeProblem("cap_mkdb", options.problem));
    process.stderr.write("usage: cap_mkdb [-b | -l] [-v] [-f outfile] file ...\n");
    return 1;
  }
  const { files } = process.machine;
  try {
    const texts = options.operands.map((path) => files.read(process, path).toString("latin1"));
    const output = `${argumentOf(options, "f") ?? first}.db`;
    replace(process, output, databaseText(texts.join("")), 0o644);
    return 0;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    process.stderr.write(`cap_mkdb: ${error.path || first}: ${strerror(error.code)}\n`);
    return 1;
  }
}
