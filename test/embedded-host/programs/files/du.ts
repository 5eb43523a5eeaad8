import type { DetailedStat } from "../../kernel/attributes.js";
import { blockSize } from "./support/blocks.js";
import { humanSize } from "./support/list-format.js";
import { type Run, tool, warn } from "./support/options.js";
import { traverse } from "./support/traverse.js";

/** du(1): -A, -s, -a, -c, -d DEPTH, -h, -k, -m and -x. A file with several links counts once. */
export const du = tool(
  {
    options: "Aacd:hHkmnsx",
    usage: [
      "du [-Aclnx] [-H | -L | -P] [-g | -h | -k | -m] [-a | -s | -d depth] [-B blocksize] [-I mask] [-t threshold] [file ...]",
    ],
    usageStatus: 64,
  },
  (run) => {
    const sum = new Sum(run);
    let total = 0;
    for (const path of run.operands.length > 0 ? run.operands : ["."]) total += sum.operand(path);
    if (run.options.has("c")) sum.print(total, "total");
    return sum.status;
  },
);

class Sum {
  status = 0;
  private readonly counted = new Set<string>();

  constructor(private readonly run: Run) {}

  operand(path: string): number {
    const open: number[] = [];
    let result = 0;
    const onError = (at: string, error: unknown) => {
      this.status = warn(this.run, at, error);
    };
    const sameDevice = this.run.options.has("x");
    const followOperand = this.run.options.has("H");
    for (const visit of traverse(this.run, path, { onError, sameDevice, followOperand })) {
      const directory = visit.stat.type === "directory";
      if (directory && !visit.after) {
        open.push(this.spaceOf(visit.stat));
        continue;
      }
      if (this.wasCounted(visit.stat)) continue;
      const space = directory ? (open.pop() as number) : this.spaceOf(visit.stat);
      if (open.length > 0) open[open.length - 1] = (open.at(-1) as number) + space;
      else result = space;
      if (this.shows(visit.level, directory)) this.print(space, visit.path);
    }
    return result;
  }

  /** With -A what a file says that it holds, in whole blocks of 512 bytes. */
  private spaceOf({ size, space }: DetailedStat): number {
    return this.run.options.has("A") ? Math.ceil(size / 512) * 512 : space;
  }

  print(space: number, name: string): void {
    const { options, process } = this.run;
    const unit = options.has("k") ? 1024 : options.has("m") ? 2 ** 20 : blockSize(this.run);
    const text = options.has("h") ? humanSize(space).padStart(4) : String(Math.ceil(space / unit));
    process.stdout.write(`${text}\t${name}\n`);
  }

  private shows(level: number, directory: boolean): boolean {
    const { options } = this.run;
    if (level === 0) return true;
    if (options.has("s") || level > Number(options.value("d") ?? Number.POSITIVE_INFINITY))
      return false;
    return directory || options.has("a");
  }

  /** True for another link of a file that was met before. */
  private wasCounted({ dev, ino, nlink, type }: DetailedStat): boolean {
    if (nlink === 1 || type === "directory") return false;
    const key = `${dev}:${ino}`;
    if (this.counted.has(key)) return true;
    this.counted.add(key);
    return false;
  }
}
