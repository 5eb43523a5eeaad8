import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { argumentOf, describeProblem, readOptions } from "./options.js";
import { databaseText, replace } from "./pwd_mkdb.js";

const USAGE =
  "Usage:\tservices_mkdb [-b | -l] [-q] [-o <db>] [<servicefile>]\n" +
  "\tservices_mkdb -u [<servicefile>]\n";

/** services_mkdb(8): makes services.db of /etc/services. */
export function servicesMkdb(process: Process): number {
  const options = readOptions(process.argv.slice(1), "blqo:u");
  if (options.problem || options.operands.length > 1) {
    if (options.problem) process.stderr.write(describeProblem("services_mkdb", options.problem));
    process.stderr.write(USAGE);
    return 1;
  }
  const file = options.operands[0] ?? "/etc/services";
  const output = argumentOf(options, "o") ?? "/var/db/services.db";
  try {
    const text = process.machine.files.read(process, file).toString("latin1");
    replace(process, output, databaseText(text), 0o644);
    return 0;
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    const what = error.path === file ? `Cannot open \`${file}'` : `Cannot install \`${output}'`;
    process.stderr.write(`services_mkdb: ${what}: ${strerror(error.code)}\n`);
    return 1;
  }
}
