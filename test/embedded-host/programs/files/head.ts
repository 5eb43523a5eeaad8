import { openInput } from "./support/input.js";
import { Fatal, type Run, tool, warn } from "./support/options.js";
import { parseSize } from "./support/text.js";

/** head(1): -n LINES, -c BYTES, or -LINES. It reads no more than it needs. */
export const head = tool(
  {
    options: "c:n:qv",
    usage: ["head [-n lines | -c bytes] [-qv] [file ...]"],
    usageStatus: 1,
    words: oldStyle,
  },
  async (run) => {
    const bytes = count(run, "c", "byte");
    const lines = count(run, "n", "line") ?? 10;
    const operands = run.operands.length > 0 ? run.operands : ["-"];
    let status = 0;
    for (const [index, path] of operands.entries()) {
      try {
        const reader = openInput(run, path);
        if (operands.length > 1 && !run.options.has("q")) {
          run.process.stdout.write(`${index > 0 ? "\n" : ""}==> ${path} <==\n`);
        }
        await copy(run, reader, bytes ?? lines, bytes !== undefined);
      } catch (error) {
        status = warn(run, path, error);
      }
    }
    return status;
  },
);

/** "-20" is "-n 20". */
function oldStyle(words: readonly string[]): readonly string[] {
  return words.map((word) => (/^-\d+$/.test(word) ? `-n${word.slice(1)}` : word));
}

function count(run: Run, letter: string, what: string): number | undefined {
  const text = run.options.value(letter);
  if (text === undefined) return undefined;
  const value = parseSize(text, "kmgt");
  if (value === undefined) throw new Fatal(`illegal ${what} count -- ${text}`);
  return value;
}

async function copy(
  run: Run,
  reader: ReturnType<typeof openInput>,
  most: number,
  bytes: boolean,
): Promise<void> {
  let left = most;
  while (left > 0) {
    const piece = await reader.read();
    if (!piece) return;
    const end = bytes ? Math.min(left, piece.length) : afterLines(piece, left);
    run.process.stdout.write(piece.subarray(0, end));
    left -= bytes ? end : countLines(piece.subarray(0, end));
  }
}

function afterLines(piece: Buffer, lines: number): number {
  let end = 0;
  for (let line = 0; line < lines; line += 1) {
    const next = piece.indexOf(10, end);
    if (next < 0) return piece.length;
    end = next + 1;
  }
  return end;
}

function countLines(piece: Buffer): number {
  let lines = 0;
  for (let at = piece.indexOf(10); at >= 0; at = piece.indexOf(10, at + 1)) lines += 1;
  return lines;
}
