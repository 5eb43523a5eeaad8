import { FsError } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { decodeXz, isXz } from "../../kernel/xz/decode.js";
import { encodeXz } from "../../kernel/xz/encode.js";
import { readInput } from "./support/input.js";
import { type Run, tool } from "./support/options.js";

const letters = "cdefkqtT:vz0123456789";
const usage = ["xz [OPTION]... [FILE]..."];

/** What is done to the content of each file, and where it goes. */
interface Order {
  readonly decode: boolean;
  readonly toStdout: boolean;
}

/** xz(1): -z, -d, -t, -c, -k and -f; levels and threads change nothing. */
export const xz = xzTool(() => ({ decode: false, toStdout: false }));
export const unxz = xzTool(() => ({ decode: true, toStdout: false }));
export const xzcat = xzTool(() => ({ decode: true, toStdout: true }));

function xzTool(defaults: () => Order) {
  return tool({ options: letters, usage, usageStatus: 1 }, async (run) => {
    const { options } = run;
    const decode = options.has("d") || options.has("t") || (defaults().decode && !options.has("z"));
    const order = { decode, toStdout: defaults().toStdout || options.has("c") };
    const operands = run.operands.length === 0 ? ["-"] : run.operands;
    let status = 0;
    for (const path of operands) if (!(await work(run, order, path))) status = 1;
    return status;
  });
}

async function work(run: Run, order: Order, path: string): Promise<boolean> {
  const shown = path === "-" ? "(stdin)" : path;
  try {
    const target = targetOf(run, order, path);
    const content = await readInput(run, path);
    const result = order.decode ? decoded(content) : encodeXz(content);
    if (run.options.has("t")) return true;
    if (target === undefined) run.process.stdout.write(result);
    else replace(run, path, target, result);
    return true;
  } catch (error) {
    if (error instanceof Refused) return complain(run, `${shown}: ${error.message}`);
    if (error instanceof FsError) return complain(run, `${shown}: ${strerror(error.code)}`);
    throw error;
  }
}

class Refused extends Error {}

/** The file that takes the place of an operand; undefined for standard output. */
function targetOf(run: Run, { decode, toStdout }: Order, path: string): string | undefined {
  if (path === "-" || toStdout || run.options.has("t")) return undefined;
  const { type } = run.files.stat(run.process, path);
  if (type !== "file") throw new Refused("Not a regular file, skipping");
  const packed = path.endsWith(".xz");
  if (decode && !packed) throw new Refused("Filename has an unknown suffix, skipping");
  if (!decode && packed) throw new Refused("File already has '.xz' suffix, skipping");
  return decode ? path.slice(0, -".xz".length) : `${path}.xz`;
}

function decoded(content: Buffer): Buffer {
  if (!isXz(content)) throw new Refused("File format not recognized");
  const { content: plain, problem } = decodeXz(content);
  if (problem === "truncated") throw new Refused("Unexpected end of input");
  if (problem === "corrupt") throw new Refused("Compressed data is corrupt");
  return plain;
}

/** The new file has owner, mode and time of the old one, which then goes unless -k keeps it. */
function replace(run: Run, path: string, target: string, content: Buffer): void {
  const { files, process, options } = run;
  if (options.has("f") && files.exists(process, target)) files.unlink(process, target);
  const { mode, uid, gid, mtime } = files.stat(process, path);
  files.write(process, target, content, { exclusive: true, mode: 0o600 });
  if (process.credentials.uid === 0) files.chown(process, target, uid, gid);
  files.chmod(process, target, mode);
  files.utimes(process, target, mtime);
  if (!options.has("k")) files.unlink(process, path);
}

function complain(run: Run, message: string): false {
  run.process.stderr.write(`${run.name}: ${message}\n`);
  return false;
}
