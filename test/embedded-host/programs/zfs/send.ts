import type { Dataset, Process } from "../../contract.js";
import { drained } from "../../kernel/pipe.js";
import { KernelProcess } from "../../kernel/process.js";
import { SIGPIPE } from "../../kernel/signals.js";
import { openDataset } from "../../kernel/zfs/datasets.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { niceNumber } from "../../kernel/zfs/numbers.js";
import {
  buildPackage,
  buildStream,
  resumeStream,
  type Stream,
  streamSize,
} from "../../kernel/zfs/sending.js";
import { argumentOf, has, type Options } from "../system/options.js";
import { checkOperands, isBrokenPipe, requireRoot, subcommandOptions } from "./command.js";

interface Plan {
  streams: Stream[];
  /** What is written around the streams of a package. */
  before: Buffer[];
  after: Buffer[];
}

/** zfs send */
export async function runSend(process: Process, args: readonly string[]): Promise<number> {
  const options = subcommandOptions(process, "send", args, "i:I:RpvnPLet:cwb");
  const token = argumentOf(options, "t");
  checkOperands(process, "send", options, token === undefined ? ["snapshot"] : []);
  const plan = makePlan(process, options, token);
  report(process, plan, options);
  if (has(options, "n")) return 0;
  const [first] = plan.streams;
  requireRoot(process, `cannot send '${first?.snapshot.name ?? ""}'`);
  return writeStreams(process, plan);
}

function makePlan(process: Process, options: Options, token: string | undefined): Plan {
  const { machine } = process;
  const single = (stream: Stream): Plan => ({ streams: [stream], before: [], after: [] });
  if (token !== undefined) return single(resumeStream(machine, token));
  const [name = ""] = options.operands;
  const snapshot = openDataset(machine, name, ["snapshot"]);
  const all = argumentOf(options, "I");
  const properties = has(options, "p") || has(options, "R");
  if (!has(options, "R") && all === undefined) {
    const from = findSource(process, snapshot, argumentOf(options, "i"));
    return single(buildStream(machine, snapshot, from, { properties }));
  }
  const from = (all ?? argumentOf(options, "i"))?.replace(/^.*@/, "");
  const every = all !== undefined || from === undefined;
  const recursive = has(options, "R");
  const bundle = buildPackage(machine, snapshot, { from, every, recursive, properties });
  return { streams: bundle.streams, before: [bundle.header], after: [bundle.end] };
}

/** The snapshot that -i names: of the same file system when only its short name is given. */
function findSource(process: Process, snapshot: Dataset, name?: string): Dataset | undefined {
  if (name === undefined) return undefined;
  let full = name;
  if (!name.includes("@")) {
    process.stderr.write(
      "Warning: incremental source didn't specify type, assuming snapshot. " +
        "Use '@' or '#' prefix to avoid ambiguity.\n",
    );
    full = `@${name}`;
  }
  if (full.startsWith("@")) full = `${snapshot.name.split("@")[0]}${full}`;
  const from = process.machine.datasets.get(full);
  if (from) return from;
  const reason = `incremental source (${full}) does not exist`;
  throw new ZfsError(`warning: cannot send '${snapshot.name}': ${reason}`);
}

/** What -v and -P show: on standard output when nothing else goes there. */
function report(process: Process, plan: Plan, options: Options): void {
  const parsable = has(options, "P");
  if (!parsable && !has(options, "v")) return;
  const to = has(options, "n") ? process.stdout : process.stderr;
  for (const stream of plan.streams) to.write(describe(stream, parsable));
  const total = plan.streams.reduce((sum, stream) => sum + streamSize(stream), 0);
  to.write(parsable ? `size\t${total}\n` : `total estimated size is ${niceNumber(total)}\n`);
}

function describe(stream: Stream, parsable: boolean): string {
  const { snapshot, from } = stream;
  const size = streamSize(stream);
  if (parsable) {
    const what = from ? `incremental\t${from.name}` : "full";
    return `${what}\t${snapshot.name}\t${size}\n`;
  }
  const what = from ? `send from ${from.name} to ` : "full send of ";
  return `${what}${snapshot.name} estimated size is ${niceNumber(size)}\n`;
}

/** Writes piece by piece, so that a reader that refuses the first one stops the sender. */
async function writeStreams(process: Process, plan: Plan): Promise<number> {
  let name = plan.streams[0]?.snapshot.name ?? "";
  const write = async (piece: Buffer) => {
    process.stdout.write(piece);
    await turn();
    await drained(process.stdout);
  };
  // zfs(8) wants to say itself that the other end has gone.
  if (process instanceof KernelProcess) process.ignored.add(SIGPIPE);
  try {
    for (const piece of plan.before) await write(piece);
    for (const { snapshot, pieces } of plan.streams) {
      name = snapshot.name;
      for (const piece of grouped(pieces)) await write(piece);
    }
    for (const piece of plan.after) await write(piece);
  } catch (error) {
    if (!isBrokenPipe(error)) throw error;
    throw new ZfsError(`warning: cannot send '${name}': signal received`);
  }
  return 0;
}

/** The first record alone, then pieces of a pipe's size. */
function grouped(pieces: readonly Buffer[]): Buffer[] {
  const [first = Buffer.alloc(0), ...rest] = pieces;
  const body = Buffer.concat(rest);
  const groups = [first];
  for (let at = 0; at < body.length; at += 65536) groups.push(body.subarray(at, at + 65536));
  return groups;
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
