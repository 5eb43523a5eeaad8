import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { readInput } from "./support/input.js";
import { Fatal, type Run, tool, UsageError } from "./support/options.js";
import { isDirectory, join } from "./support/paths.js";

/** diff(1) so far as it tells whether files differ: -q, -s and -r with -q. */
export const diff = tool(
  {
    options: "qrs",
    usage: ["diff [-aBbdipTtw] [-c | -e | -f | -n | -q | -u] [--ignore-case]"],
    usageStatus: 2,
  },
  async (run) => {
    const [first, second] = run.operands;
    if (first === undefined || second === undefined) throw new UsageError();
    return await compare(run, first, second);
  },
);

async function compare(run: Run, a: string, b: string): Promise<number> {
  if (isDirectory(run, a) && isDirectory(run, b)) return await compareDirectories(run, a, b);
  const equal = (await read(run, a)).equals(await read(run, b));
  if (equal && run.options.has("s"))
    run.process.stdout.write(`Files ${a} and ${b} are identical\n`);
  if (!equal) run.process.stdout.write(`Files ${a} and ${b} differ\n`);
  return equal ? 0 : 1;
}

async function compareDirectories(run: Run, a: string, b: string): Promise<number> {
  const [left, right] = [a, b].map((path) => run.files.readdir(run.process, path));
  const names = [...new Set([...(left ?? []), ...(right ?? [])])].sort();
  let status = 0;
  for (const name of names) {
    if (!left?.includes(name) || !right?.includes(name)) {
      run.process.stdout.write(`Only in ${left?.includes(name) ? a : b}: ${name}\n`);
      status = 1;
    } else if (!isDirectory(run, join(a, name)) || run.options.has("r")) {
      status = Math.max(status, await compare(run, join(a, name), join(b, name)));
    }
  }
  return status;
}

async function read(run: Run, path: string): Promise<Buffer> {
  try {
    return await readInput(run, path);
  } catch (error) {
    throw error instanceof FsError ? new Fatal(`${path}: ${strerror(error.code)}`, 2) : error;
  }
}
