/** stat of coreutils: `-c FORMAT FILE…` with %a, %u, %g, %s and %n. */
import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";

export function stat(process: Process): number {
  const [flag, format, ...paths] = process.argv.slice(1);
  if (flag !== "-c" || format === undefined || paths.length === 0) {
    process.stderr.write("stat: missing operand\nTry 'stat --help' for more information.\n");
    return 1;
  }
  let status = 0;
  for (const path of paths) {
    try {
      const found = process.machine.files.stat(process, path, { follow: false });
      const values: Record<string, string | number> = {
        ...{ a: found.mode.toString(8), u: found.uid, g: found.gid, s: found.size, n: path },
      };
      process.stdout.write(`${format.replace(/%(.)/g, (_, key) => `${values[key] ?? "?"}`)}\n`);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      process.stderr.write(`stat: cannot statx '${path}': ${strerror(error.code)}\n`);
      status = 1;
    }
  }
  return status;
}
