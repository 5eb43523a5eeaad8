import { openInput } from "./support/input.js";
import { type Run, tool, warn } from "./support/options.js";

interface Counts {
  l: number;
  w: number;
  c: number;
}

/** wc(1): lines, words and bytes. */
export const wc = tool(
  { options: "clmw", usage: ["wc [-Lclmw] [file ...]"], usageStatus: 1 },
  async (run) => {
    const total: Counts = { l: 0, w: 0, c: 0 };
    let status = 0;
    for (const path of run.operands.length > 0 ? run.operands : ["-"]) {
      try {
        const counts = await countInput(run, path);
        for (const letter of ["l", "w", "c"] as const) total[letter] += counts[letter];
        print(run, counts, run.operands.length > 0 ? path : "");
      } catch (error) {
        status = warn(run, path, error);
      }
    }
    if (run.operands.length > 1) print(run, total, "total");
    return status;
  },
);

async function countInput(run: Run, path: string): Promise<Counts> {
  const reader = openInput(run, path);
  const counts: Counts = { l: 0, w: 0, c: 0 };
  let inWord = false;
  for (let piece = await reader.read(); piece; piece = await reader.read()) {
    counts.c += piece.length;
    for (const byte of piece) {
      const space = byte === 32 || (byte >= 9 && byte <= 13);
      if (byte === 10) counts.l += 1;
      if (!space && !inWord) counts.w += 1;
      inWord = !space;
    }
  }
  return counts;
}

function print(run: Run, counts: Counts, name: string): void {
  const asked = run.options.values("clmw").map(({ letter }) => (letter === "m" ? "c" : letter));
  const shown = (["l", "w", "c"] as const).filter(
    (letter) => asked.length === 0 || asked.includes(letter),
  );
  const columns = shown.map((letter) => ` ${String(counts[letter]).padStart(7)}`).join("");
  run.process.stdout.write(`${columns}${name && ` ${name}`}\n`);
}
