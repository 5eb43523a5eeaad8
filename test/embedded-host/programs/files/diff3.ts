import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { rawLines } from "./support/hunks.js";
import { readInput } from "./support/input.js";
import { Fatal, type Run, tool, UsageError } from "./support/options.js";
import { bytesOf } from "./support/text.js";
import { compareThree } from "./support/three-way.js";
import { listThree, mergeThree, mergeThreeIn13, type Texts } from "./support/three-way-texts.js";

/** diff3(1): without flags a list of what differs, with -m the merge itself. No scripts for ed(1). */
export const diff3 = tool(
  {
    options: "3aAeEiL:mTxX",
    usage: ["diff3 [-3aAeEimTxX] [-L label1] [-L label2] [-L label3] file1 file2 file3"],
    usageStatus: 2,
  },
  async (run) => {
    const { options, operands, process } = run;
    const letters = options.values("3aAeEimTxX").map(({ letter }) => letter);
    const merges = letters.includes("m");
    if (operands.length !== 3 || (!merges && letters.length > 0)) throw new UsageError();
    const labels = options.values("L").map(({ value }) => value);
    if (labels.length > 3) throw new Fatal("too many file label options", 2);
    const marks = operands.map((path, index) => labels[index] ?? path);
    const data: Buffer[] = [];
    for (const path of operands) data.push(await read(run, path));
    const texts = data.map(rawLines) as Texts;
    // diff(1) only says that binary files differ, which diff3 does not read as a difference.
    const binary = !options.has("a") && data.some((one) => one.includes(0));
    const found = binary ? { regions: [], ahead: 0 } : compareThree(texts);
    const onlyOverlaps = ["E", "X", "x"].includes(options.last("EeXx3") ?? "");
    const old = process.machine.release === "13.2-RELEASE";
    const { text, conflicts } = !merges
      ? { text: listThree(texts, found.regions), conflicts: false }
      : old
        ? mergeThreeIn13(texts, found.regions, marks)
        : mergeThree(texts, found, marks, onlyOverlaps);
    process.stdout.write(bytesOf(text));
    return conflicts ? 1 : 0;
  },
);

async function read(run: Run, path: string): Promise<Buffer> {
  try {
    return await readInput(run, path);
  } catch (error) {
    if (!(error instanceof FsError)) throw error;
    throw new Fatal(`Can't open ${path}: ${strerror(error.code)}`, 2);
  }
}
