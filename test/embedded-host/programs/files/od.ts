import { readInput } from "./support/input.js";
import { Fatal, type Run, tool } from "./support/options.js";

const escapes: Record<number, string> = {
  0: "\\0",
  7: "\\a",
  8: "\\b",
  9: "\\t",
  10: "\\n",
  11: "\\v",
  12: "\\f",
  13: "\\r",
};

/** od(1): -c, -b and -t x1, with the base of offsets by -A; -v shows repeated lines. */
export const od = tool(
  {
    options: "A:bct:v",
    usage: ["od [-aBbcDdeFfHhIiLlOosvXx] [-A base] [-j skip] [-N length] [-t type]"],
    usageStatus: 1,
  },
  async (run) => {
    const data = await readInput(run, run.operands[0]);
    const { item, lead } = formatOf(run);
    let before: string | undefined;
    let starred = false;
    for (let at = 0; at < data.length; at += 16) {
      const row = data.subarray(at, at + 16);
      const text = [...row].map(item).join("").padEnd(64);
      if (text === before && row.length === 16 && !run.options.has("v")) {
        if (!starred) run.process.stdout.write("*\n");
        starred = true;
        continue;
      }
      before = text;
      starred = false;
      run.process.stdout.write(`${offset(run, at)}${lead}${text}\n`);
    }
    if (run.options.value("A") !== "n") run.process.stdout.write(`${offset(run, data.length)}\n`);
    return 0;
  },
);

function formatOf(run: Run): { item: (byte: number) => string; lead: string } {
  const type = run.options.value("t");
  if (type !== undefined && type !== "x1" && type !== "c")
    throw new Fatal(`${type}: unrecognised format character`);
  if (type === "x1")
    return { item: (byte) => `  ${byte.toString(16).padStart(2, "0")}`, lead: "  " };
  const octal = (byte: number) => ` ${byte.toString(8).padStart(3, "0")}`;
  if (!run.options.has("c") && type !== "c") return { item: octal, lead: " " };
  const printable = (byte: number) => byte >= 32 && byte < 127;
  const item = (byte: number) => {
    const text = escapes[byte] ?? (printable(byte) ? String.fromCharCode(byte) : undefined);
    return text === undefined ? octal(byte) : text.padStart(4);
  };
  return { item, lead: " " };
}

function offset(run: Run, at: number): string {
  const base = run.options.value("A") ?? "o";
  if (base === "n") return "";
  return at.toString({ o: 8, d: 10, x: 16 }[base] ?? 8).padStart(7, "0");
}
