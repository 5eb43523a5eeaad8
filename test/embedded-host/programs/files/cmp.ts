import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { readInput } from "./support/input.js";
import { type Run, tool, UsageError } from "./support/options.js";

/** cmp(1): 0 for equal files, 1 for different ones, 2 after an error. */
export const cmp = tool(
  {
    options: "hlsxz",
    usage: ["cmp [-l | -s | -x] [-hz] file1 file2 [skip1 [skip2]]"],
    usageStatus: 2,
  },
  async (run) => {
    const [first, second] = run.operands;
    if (first === undefined || second === undefined) throw new UsageError();
    const left = await read(run, first);
    const right = left && (await read(run, second));
    if (!left || !right) return 2;
    if (left.equals(right)) return 0;
    if (run.options.has("s")) return 1;
    if (run.options.has("l")) list(run, left, right);
    else if (difference(left, right) < Math.min(left.length, right.length)) {
      const at = difference(left, right);
      const line = left.subarray(0, at).toString("latin1").split("\n").length;
      run.process.stdout.write(`${first} ${second} differ: char ${at + 1}, line ${line}\n`);
      return 1;
    }
    if (left.length !== right.length) {
      run.process.stderr.write(`cmp: EOF on ${left.length < right.length ? first : second}\n`);
    }
    return 1;
  },
);

async function read(run: Run, path: string): Promise<Buffer | undefined> {
  try {
    return await readInput(run, path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    if (!run.options.has("s")) {
      run.process.stderr.write(`cmp: ${path}: ${strerror(error.code)}\n`);
    }
    return undefined;
  }
}

function difference(left: Buffer, right: Buffer): number {
  let at = 0;
  while (at < left.length && left[at] === right[at]) at += 1;
  return at;
}

function list(run: Run, left: Buffer, right: Buffer): void {
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [a = 0, b = 0] = [left[at], right[at]];
    if (a === b) continue;
    const octal = (byte: number) => byte.toString(8).padStart(3);
    run.process.stdout.write(`${String(at + 1).padStart(6)} ${octal(a)} ${octal(b)}\n`);
  }
}
