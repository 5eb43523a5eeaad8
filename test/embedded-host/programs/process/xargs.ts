import type { Process } from "../../contract.js";
import { statusOf } from "../../kernel/process.js";
import { type Options, parseOptions, startChild, usage } from "./child.js";

/** As many arguments as one call of the command gets unless -n says otherwise. */
const MAX_ARGUMENTS = 5000;

/** xargs(1): the words of the input as arguments of a command. */
export async function xargs(process: Process): Promise<number> {
  const options = parseOptions(process.argv.slice(1), "0E:I:J:L:n:oP:prR:S:s:tx");
  if (options.bad !== undefined)
    return usage(process, "xargs [-0opt] [-n number] [-I replstr] [utility [argument ...]]", 1);
  const text = (await process.stdin.all()).toString();
  const command = options.operands.length > 0 ? options.operands : ["/bin/echo"];
  let worst = 0;
  for (const argv of commandLines(command, text, options)) {
    const child = startChild(process, "xargs", argv, { stdin: undefined });
    if (child === undefined) return 127;
    const status = statusOf(await child.ended);
    if (status === 255) return 1;
    if (status !== 0) worst = 1;
  }
  return worst;
}

function commandLines(command: readonly string[], text: string, options: Options): string[][] {
  const replace = options.values.get("I");
  if (replace !== undefined) {
    const lines = text.split(options.flags.has("0") ? "\0" : "\n").filter((line) => line !== "");
    return lines.map((line) => command.map((word) => word.replaceAll(replace, line.trimStart())));
  }
  const words = options.flags.has("0")
    ? text.split("\0").filter((word) => word !== "")
    : wordsOf(text);
  if (words.length === 0) return options.flags.has("r") ? [] : [];
  const size = Number(options.values.get("n") ?? MAX_ARGUMENTS);
  const lines: string[][] = [];
  for (let at = 0; at < words.length; at += size)
    lines.push([...command, ...words.slice(at, at + size)]);
  return lines;
}

/** Words as xargs reads them: blanks separate, quotes and backslashes protect. */
function wordsOf(text: string): string[] {
  const words = text.match(/(?:'[^'\n]*'|"[^"\n]*"|\\[\s\S]|[^\s'"\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(
      /'([^']*)'|"([^"]*)"|\\([\s\S])/g,
      (_match, single, double, escaped) => single ?? double ?? escaped,
    ),
  );
}
