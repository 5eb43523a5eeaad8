import { readInput } from "../support/input.js";
import { type Run, tool, UsageError, warn } from "../support/options.js";
import { bytesOf, linesOf, rawText } from "../support/text.js";
import { Editor } from "./machine.js";
import { type Command, parseScript } from "./parse.js";

/** sed(1): -n, -e, -f, -E (-r), and -i with an extension for a copy of the old file. */
export const sed = tool(
  {
    options: "Ee:f:i:lnru",
    usage: [
      "sed script [-EHalnru] [-i extension] [file ...]",
      "sed [-EHalnu] [-i extension] [-e script] ... [-f script_file] ... [file ...]",
    ],
    usageStatus: 1,
  },
  async (run) => {
    const script = await scriptOf(run);
    const commands = () => parseScript(script, run.options.has("E") || run.options.has("r"));
    return run.options.has("i")
      ? await editFiles(run, commands)
      : await editStream(run, commands());
  },
);

async function scriptOf(run: Run): Promise<string> {
  const given = run.options.values("ef");
  if (given.length === 0) {
    const operand = run.operands.shift();
    if (operand === undefined) throw new UsageError();
    return rawText(operand);
  }
  const parts: string[] = [];
  for (const { letter, value } of given) {
    parts.push(letter === "e" ? rawText(value) : (await readInput(run, value)).toString("latin1"));
  }
  return parts.join("\n");
}

/** All operands are one stream of lines. */
async function editStream(run: Run, commands: Command[]): Promise<number> {
  let status = 0;
  const lines: string[] = [];
  let unterminated = false;
  for (const path of run.operands.length > 0 ? run.operands : ["-"]) {
    try {
      const data = await readInput(run, path);
      lines.push(...linesOf(data));
      unterminated = data.length > 0 && data.at(-1) !== 10;
    } catch (error) {
      status = warn(run, path, error);
    }
  }
  const { text } = new Editor(commands, lines, run.options.has("n"), unterminated).run();
  run.process.stdout.write(bytesOf(text));
  return status;
}

async function editFiles(run: Run, commands: () => Command[]): Promise<number> {
  const { files, process } = run;
  const extension = run.options.value("i") ?? "";
  let status = 0;
  for (const path of run.operands) {
    try {
      const data = await readInput(run, path);
      const { text } = new Editor(commands(), linesOf(data), run.options.has("n")).run();
      const mode = files.stat(process, path).mode;
      if (extension !== "") files.write(process, path + extension, data, { mode });
      files.write(process, path, bytesOf(text));
    } catch (error) {
      status = warn(run, path, error);
    }
  }
  return status;
}
