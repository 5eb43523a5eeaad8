import { parseMode } from "./support/modes.js";
import { Fatal, tool, UsageError } from "./support/options.js";
import { changeOperands } from "./support/recurse.js";

const options = "fHLPRhv";

/** chmod(1). */
export const chmod = tool(
  {
    options,
    usage: ["chmod [-fhv] [-R [-H | -L | -P]] mode file ..."],
    usageStatus: 1,
    words: protectMode,
  },
  (run) => {
    const text = run.operands[0];
    if (text === undefined || run.operands.length < 2) throw new UsageError();
    const mode = parseMode(text, run.process.umask);
    if (!mode) throw new Fatal(`invalid file mode: ${text}`);
    return changeOperands(run, (path, { stat }, follow) => {
      // Links met below an operand are passed over, as their modes mean nothing.
      if (stat.type === "symlink" && !run.options.has("h")) return;
      const wanted = mode(stat.mode, stat.type === "directory");
      if (wanted !== stat.mode) run.files.chmod(run.process, path, wanted, { follow });
    });
  },
);

/** A symbolic mode such as "-w" is no option: everything from there on is an operand. */
function protectMode(words: readonly string[]): readonly string[] {
  const at = words.findIndex((word) => !isOption(word));
  const word = words[at] ?? "";
  if (word === "--" || !/^-[rwxXstugo]+$/.test(word)) return words;
  return [...words.slice(0, at), "--", ...words.slice(at)];
}

function isOption(word: string): boolean {
  return /^-./.test(word) && [...word.slice(1)].every((letter) => options.includes(letter));
}
