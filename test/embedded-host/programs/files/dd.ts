import { FsError, type Program, type Writer } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";
import { isZero } from "../../kernel/images/pieces.js";
import { openInput } from "./support/input.js";
import { baseName, Fatal, memoryFiles, Options, type Run } from "./support/options.js";
import { parseSize } from "./support/text.js";

interface Operands {
  if?: string;
  of?: string;
  bs: number;
  count: number;
  skip: number;
  seek: number;
  conv: string[];
  status: string;
}

interface Tally {
  full: number;
  partial: number;
}

/** dd(1): if, of, bs, ibs and obs (which are taken for bs), count, skip, seek, conv=notrunc and sparse, status=none. */
export const dd: Program = async (process) => {
  const files = memoryFiles(process);
  const name = baseName(process.argv[0] ?? "dd");
  const run: Run = { process, files, name, options: new Options([]), operands: [] };
  try {
    return await copy(run, parseOperands(process.argv.slice(1)));
  } catch (error) {
    if (!(error instanceof Fatal)) throw error;
    process.stderr.write(`${name}: ${error.message}\n`);
    return 1;
  }
};

function parseOperands(words: readonly string[]): Operands {
  const result: Operands = {
    bs: 512,
    count: Number.POSITIVE_INFINITY,
    skip: 0,
    seek: 0,
    conv: [],
    status: "",
  };
  for (const word of words) {
    const [name = "", value = ""] = word.split(/=(.*)/s);
    if (name === "if" || name === "of" || name === "status") result[name] = value;
    else if (name === "ibs" || name === "obs") result.bs = parseSize(value, "kmgt") ?? result.bs;
    else if (name === "bs" || name === "count" || name === "skip" || name === "seek") {
      const number = parseSize(value, "kmgt");
      if (number === undefined) throw new Fatal(`${name}: illegal numeric value`);
      result[name] = number;
    } else if (name === "conv") result.conv = value.split(",");
    else throw new Fatal(`unknown operand ${name}`);
  }
  return result;
}

async function copy(run: Run, operands: Operands): Promise<number> {
  const blocks = blocksOf(run, operands);
  const output = openOutput(run, operands);
  const read: Tally = { full: 0, partial: 0 };
  const written: Tally = { full: 0, partial: 0 };
  const start = run.process.machine.now();
  let status = 0;
  let bytes = 0;
  for await (const block of blocks) {
    count(read, block, operands.bs);
    try {
      output.write(block);
    } catch (error) {
      if (!(error instanceof FsError)) throw error;
      run.process.stderr.write(
        `${run.name}: ${operands.of ?? "stdout"}: ${strerror(error.code)}\n`,
      );
      status = 1;
      break;
    }
    count(written, block, operands.bs);
    bytes += block.length;
  }
  const { of: path, conv } = operands;
  if (path !== undefined && conv.includes("sparse")) run.files.truncate(run.process, path, bytes);
  if (operands.status !== "none") {
    report(run, read, written, bytes, run.process.machine.now() - start);
  }
  return status;
}

/** Whole blocks of the input, the last one as long as what is left. */
async function* blocksOf(run: Run, operands: Operands): AsyncIterable<Buffer> {
  const input = opened(operands.if ?? "stdin", () => openInput(run, operands.if));
  let rest = Buffer.alloc(0);
  let number = 0;
  const last = operands.skip + operands.count;
  while (number < last) {
    const piece = await input.read();
    if (!piece) break;
    rest = Buffer.concat([rest, piece]);
    for (; rest.length >= operands.bs && number < last; number += 1) {
      if (number >= operands.skip) yield rest.subarray(0, operands.bs);
      rest = rest.subarray(operands.bs);
    }
  }
  if (rest.length > 0 && number < last && number >= operands.skip) yield rest;
}

function openOutput(run: Run, operands: Operands): Writer {
  const { of: path } = operands;
  if (path === undefined) return run.process.stdout;
  if (operands.conv.includes("sparse")) return opened(path, () => leavingHoles(run, path));
  const keep = operands.conv.includes("notrunc") || operands.seek > 0;
  return opened(path, () => {
    if (keep) return overwriting(run, path, operands.seek * operands.bs);
    return run.files.openWriter(run.process, path);
  });
}

/** Writes a file but for the zeros at its end; holes before something else are none here. */
function leavingHoles(run: Run, path: string): Writer {
  const { files, process } = run;
  const writer = files.openWriter(process, path);
  let zeros = 0;
  return {
    write(data) {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      if (isZero(bytes)) zeros += bytes.length;
      else {
        if (zeros > 0) writer.write(Buffer.alloc(zeros));
        writer.write(bytes);
        zeros = 0;
      }
    },
  };
}

/** Writes into a file from an offset on, and leaves the rest of it as it is. */
function overwriting(run: Run, path: string, offset: number): Writer {
  let at = offset;
  const { files, process } = run;
  return {
    write(data) {
      const bytes = typeof data === "string" ? Buffer.from(data) : data;
      const old = files.exists(process, path) ? files.read(process, path) : Buffer.alloc(0);
      const whole = Buffer.alloc(Math.max(old.length, at + bytes.length));
      old.copy(whole);
      bytes.copy(whole, at);
      at += bytes.length;
      files.write(process, path, whole);
    },
  };
}

function opened<T>(path: string, open: () => T): T {
  try {
    return open();
  } catch (error) {
    throw error instanceof FsError ? new Fatal(`${path}: ${strerror(error.code)}`) : error;
  }
}

function count(tally: Tally, block: Buffer, size: number): void {
  if (block.length === size) tally.full += 1;
  else tally.partial += 1;
}

function report(run: Run, read: Tally, written: Tally, bytes: number, elapsed: number): void {
  const seconds = Math.max(elapsed, 1) / 1000;
  const lines = [
    `${read.full}+${read.partial} records in`,
    `${written.full}+${written.partial} records out`,
    `${bytes} bytes transferred in ${seconds.toFixed(6)} secs (${Math.round(bytes / seconds)} bytes/sec)`,
  ];
  run.process.stderr.write(lines.map((line) => `${line}\n`).join(""));
}
