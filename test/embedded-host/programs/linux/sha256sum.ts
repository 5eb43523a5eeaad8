/** sha256sum of coreutils: files, or the standard input, which is called "-". */
import { createHash } from "node:crypto";
import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";

export async function sha256sum(process: Process): Promise<number> {
  const paths = process.argv.slice(1);
  let status = 0;
  for (const path of paths.length === 0 ? ["-"] : paths) {
    try {
      const data =
        path === "-" ? await process.stdin.all() : process.machine.files.read(process, path);
      process.stdout.write(`${createHash("sha256").update(data).digest("hex")}  ${path}\n`);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      process.stderr.write(`sha256sum: ${path}: ${strerror(error.code)}\n`);
      status = 1;
    }
  }
  return status;
}
