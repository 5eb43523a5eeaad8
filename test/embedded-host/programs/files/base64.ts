import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { readInput } from "./support/input.js";
import { Fatal, type Run, tool, UsageError } from "./support/options.js";
import { linesOf } from "./support/text.js";

/** b64encode(1): -r leaves out the lines around the data, -w sets the length of lines. */
export const b64encode = tool(
  {
    options: "o:rw:",
    usage: ["b64encode [-r] [-w column] [-o output_file] [file] name"],
    usageStatus: 64,
  },
  async (run) => {
    const raw = run.options.has("r");
    const name = raw ? "" : run.operands.pop();
    if (name === undefined || run.operands.length > 1) throw new UsageError();
    const text = (await input(run, run.operands[0])).toString("base64");
    const width = Number(run.options.value("w") ?? 76);
    const lines = text.match(new RegExp(`.{1,${width}}`, "g")) ?? [];
    const body = lines.map((line) => `${line}\n`).join("");
    output(run, Buffer.from(raw ? body : `begin-base64 644 ${name}\n${body}====\n`));
    return 0;
  },
);

/** b64decode(1): -r for data without the lines around it. */
export const b64decode = tool(
  {
    options: "cimo:prs",
    usage: ["b64decode [-cimprs] [file ...]", "b64decode [-i] -o output_file [file]"],
    usageStatus: 1,
  },
  async (run) => {
    const lines = linesOf(await input(run, run.operands[0]));
    const start = run.options.has("r")
      ? 0
      : lines.findIndex((line) => line.startsWith("begin-base64 ")) + 1;
    if (start === 0 && !run.options.has("r")) throw new Fatal('stdin: missing or bad "begin" line');
    const end = lines.indexOf("====");
    const data = Buffer.from(lines.slice(start, end < 0 ? undefined : end).join(""), "base64");
    const named =
      run.options.has("r") || run.options.has("p") ? undefined : lines[start - 1]?.split(" ")[2];
    output(run, data, named);
    return 0;
  },
);

async function input(run: Run, path: string | undefined): Promise<Buffer> {
  try {
    return await readInput(run, path);
  } catch (error) {
    throw error instanceof FsError ? new Fatal(`${path}: ${strerror(error.code)}`) : error;
  }
}

function output(run: Run, data: Buffer, named?: string): void {
  const path = run.options.value("o") ?? named;
  if (path === undefined) run.process.stdout.write(data);
  else run.files.write(run.process, path, data);
}
