import { readInput } from "./support/input.js";
import { Fatal, type Run, tool, warn } from "./support/options.js";
import { bytesOf, parseSize } from "./support/text.js";

/** tail(1): -n and -c from the end, or with "+" from the start; -r reverses the lines. */
export const tail = tool(
  {
    options: "c:n:qr",
    usage: ["tail [-F | -f | -r] [-q] [-b # | -c # | -n #] [file ...]"],
    usageStatus: 1,
    words: oldStyle,
  },
  async (run) => {
    const operands = run.operands.length > 0 ? run.operands : ["-"];
    let status = 0;
    for (const [index, path] of operands.entries()) {
      try {
        const data = await readInput(run, path);
        if (operands.length > 1 && !run.options.has("q")) {
          run.process.stdout.write(`${index > 0 ? "\n" : ""}==> ${path} <==\n`);
        }
        run.process.stdout.write(selected(run, data));
      } catch (error) {
        status = warn(run, path, error);
      }
    }
    return status;
  },
);

/** "-20" is "-n 20", "+20" is "-n +20". */
function oldStyle(words: readonly string[]): readonly string[] {
  const [first = "", ...rest] = words;
  return /^[-+]\d+$/.test(first) ? ["-n", first.replace("-", ""), ...rest] : words;
}

function selected(run: Run, data: Buffer): Buffer {
  const bytes = run.options.value("c");
  if (bytes !== undefined) {
    const at = offset(bytes, data.length);
    return data.subarray(at);
  }
  const lines = data.toString("latin1").match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const wanted = run.options.value("n");
  const all = run.options.has("r") && wanted === undefined;
  const chosen = all ? lines : lines.slice(offset(wanted ?? "10", lines.length));
  return bytesOf((run.options.has("r") ? [...chosen].reverse() : chosen).join(""));
}

function offset(text: string, length: number): number {
  const value = parseSize(text.replace(/^[-+]/, ""), "kmgt");
  if (value === undefined) throw new Fatal(`illegal offset -- ${text}`);
  return text.startsWith("+") ? Math.max(0, value - 1) : Math.max(0, length - value);
}
