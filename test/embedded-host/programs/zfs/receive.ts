import type { Process } from "../../contract.js";
import { openDataset } from "../../kernel/zfs/datasets.js";
import { ZfsError } from "../../kernel/zfs/errors.js";
import { niceNumber } from "../../kernel/zfs/numbers.js";
import { abortReceive, receiveStream } from "../../kernel/zfs/receive.js";
import { planReceive, type ReceiveOptions } from "../../kernel/zfs/receive-plan.js";
import { type BeginRecord, type PackageRecord, readRecord } from "../../kernel/zfs/records.js";
import { argumentsOf, has, type Options } from "../system/options.js";
import { checkOperands, requireRoot, settingsOf, subcommandOptions } from "./command.js";
import { usageError } from "./usage.js";

/** zfs receive */
export async function runReceive(process: Process, args: readonly string[]): Promise<number> {
  const options = subcommandOptions(process, "receive", args, "o:x:dehMnuvFsA");
  checkOperands(process, "receive", options, ["snapshot"]);
  const [target = ""] = options.operands;
  requireRoot(process, `cannot receive new filesystem stream`);
  if (has(options, "A")) return abort(process, target);
  const input = new Input(process);
  const first = await input.firstRecord();
  if (first?.kind === "package") return receivePackage(process, input, first, target, options);
  if (first?.kind !== "begin") throw badStream(input.bytes.length);
  const wanted = receiveOptions(options);
  // What is wrong with the destination is said at once: the sender is then told to stop.
  planReceive(process.machine, first, target, wanted);
  const bytes = await input.everything();
  if (has(options, "n")) return 0;
  receiveOne(process, bytes, first, target, options, wanted);
  return 0;
}

/** Standard input, of which the first record is wanted before the rest. */
class Input {
  bytes = Buffer.alloc(0) as Buffer;

  constructor(private readonly process: Process) {}

  async firstRecord(): Promise<({ kind: string } & (BeginRecord | PackageRecord)) | undefined> {
    for (;;) {
      const parsed = readRecord(this.bytes, 0);
      const record = parsed?.record;
      if (record?.kind === "begin" || record?.kind === "package") return record;
      if (parsed !== undefined) return undefined;
      const piece = await this.process.stdin.read();
      if (piece === null) return undefined;
      this.bytes = Buffer.concat([this.bytes, piece]);
    }
  }

  async everything(): Promise<Buffer> {
    this.bytes = Buffer.concat([this.bytes, await this.process.stdin.all()]);
    // Writing what has come takes longer than it takes a sender to notice that its reader has gone.
    for (let turns = 0; turns < 3; turns += 1) await new Promise((done) => setImmediate(done));
    return this.bytes;
  }
}

function badStream(length: number): ZfsError {
  const reason = length === 0 ? "failed to read from stream" : "invalid stream (bad magic number)";
  return new ZfsError(`cannot receive: ${reason}`);
}

function receiveOptions(options: Options): ReceiveOptions {
  const naming = has(options, "e") ? "e" : has(options, "d") ? "d" : undefined;
  return {
    force: has(options, "F"),
    resumable: has(options, "s"),
    unmounted: has(options, "u"),
    naming,
    settings: settingsOf(options),
    excluded: new Set(argumentsOf(options, "x")),
  };
}

function receiveOne(
  process: Process,
  bytes: Buffer,
  begin: BeginRecord,
  target: string,
  options: Options,
  wanted: ReceiveOptions,
): number {
  const { snapshot, next } = receiveStream(process.machine, bytes, target, wanted);
  if (has(options, "v")) {
    const kind = begin.fromguid === undefined ? "full" : "incremental";
    const seconds = process.machine.release === "13.2-RELEASE" ? "1" : "1.00";
    const size = niceNumber(next);
    process.stdout.write(
      `receiving ${kind} stream of ${begin.toname} into ${snapshot}\n` +
        `received ${size} stream in ${seconds} seconds (${size}/sec)\n`,
    );
  }
  return next;
}

/** The streams of -R and -I, each into its place below the target. */
async function receivePackage(
  process: Process,
  input: Input,
  header: PackageRecord,
  target: string,
  options: Options,
): Promise<number> {
  let rest = await input.everything();
  rest = rest.subarray(readRecord(rest, 0)?.next ?? rest.length);
  const wanted = receiveOptions(options);
  while (rest.length > 0) {
    const record = readRecord(rest, 0)?.record;
    if (record?.kind === "end") return 0;
    if (record?.kind !== "begin") throw badStream(rest.length);
    const below = record.toname.split("@")[0]?.slice(header.root.length) ?? "";
    const place = wanted.naming === undefined ? `${target.split("@")[0]}${below}` : target;
    const next = receiveOne(process, rest, record, place, options, wanted);
    rest = rest.subarray(next);
  }
  throw new ZfsError("cannot receive: incomplete stream");
}

function abort(process: Process, target: string): number {
  const { machine } = process;
  if (!machine.datasets.has(target)) {
    const reason = `cannot open '${target}': dataset does not exist`;
    throw usageError(machine.release, "receive", reason);
  }
  openDataset(machine, target, ["filesystem", "volume"]);
  if (abortReceive(machine, target)) return 0;
  throw new ZfsError(`'${target}' does not have any resumable receive state to abort`);
}
