import { FsError, type Program } from "../../../contract.js";
import {
  type Archive,
  type ArchiveEntry,
  CorruptArchive,
  compress,
  decodeArchive,
  encodeArchive,
  UnrecognizedArchive,
} from "../../../kernel/archive.js";
import { strerror } from "../../../kernel/errors.js";
import { readInput } from "../support/input.js";
import { Fatal, memoryFiles, Options, type Run, UsageError } from "../support/options.js";
import { parseTar, type TarArguments } from "./arguments.js";
import { Collection } from "./create.js";
import { Extraction } from "./extract.js";
import { EntryLister } from "./list.js";
import { knowsUtf8, safeText } from "./safe-text.js";
import { Selection } from "./select.js";

const usage = `Usage:
  List:    tar -tf <archive-filename>
  Extract: tar -xf <archive-filename>
  Create:  tar -cf <archive-filename> [filenames...]
  Help:    tar --help
`;

const piece = 65536;

/** tar(1), which is bsdtar: -c, -r, -t and -x with the options that hosts are sent. */
export const tar: Program = async (process) => {
  try {
    const args = parseTar(process.argv.slice(1), process.credentials.uid === 0);
    const files = memoryFiles(process);
    const run: Run = {
      process,
      files,
      name: "tar",
      options: new Options([]),
      operands: args.operands,
    };
    const failed = await work(run, args);
    if (!failed) return 0;
    const end = process.machine.release === "13.2-RELEASE" ? "." : "";
    process.stderr.write(`tar: Error exit delayed from previous errors${end}\n`);
    return 1;
  } catch (error) {
    if (error instanceof UsageError) process.stderr.write(`tar: ${error.message}\n${usage}`);
    else if (error instanceof Fatal) process.stderr.write(`tar: ${error.message}\n`);
    else throw error;
    return 1;
  }
};

/** Returns true when something went wrong on the way. */
async function work(run: Run, args: TarArguments): Promise<boolean> {
  if (args.mode === "c") return await create(run, args, []);
  const archive = await open(run, args);
  if (args.mode === "r") return await create(run, args, archive.entries);
  const strange = warnOfNames(run, archive);
  const failed = args.mode === "t" ? list(run, args, archive) : extract(run, args, archive);
  return failed || strange;
}

async function create(run: Run, args: TarArguments, before: ArchiveEntry[]): Promise<boolean> {
  if (args.namesFrom !== undefined) {
    const names = (await readInput(run, args.namesFrom)).toString().split(args.nameEnd);
    args.operands.push(...names.filter((name) => name !== ""));
  }
  const collection = new Collection(run, args);
  collection.collect();
  const bytes = await encodeArchive([...before, ...collection.entries]);
  const packed = compress(bytes, args.compression);
  if (args.archive === "-") {
    for (let at = 0; at < packed.length; at += piece) {
      run.process.stdout.write(packed.subarray(at, at + piece));
    }
    return collection.failed;
  }
  try {
    run.files.write(run.process, args.archive, packed);
  } catch (error) {
    throw openError(args.archive, error);
  }
  return collection.failed;
}

async function open(run: Run, args: TarArguments): Promise<Archive> {
  try {
    return await decodeArchive(await readInput(run, args.archive));
  } catch (error) {
    if (error instanceof CorruptArchive) {
      throw new Fatal("Error opening archive: Lzma library error: Corrupted input data");
    }
    if (!(error instanceof UnrecognizedArchive)) throw openError(args.archive, error);
    throw new Fatal("Error opening archive: Unrecognized archive format");
  }
}

function openError(path: string, error: unknown): unknown {
  if (!(error instanceof FsError)) return error;
  if (error.code === "ENOSPC" || error.code === "EDQUOT") {
    return new Fatal(`Write error: ${strerror(error.code)}`);
  }
  return new Fatal(`Error opening archive: Failed to open '${path}'`);
}

function list(run: Run, args: TarArguments, archive: Archive): boolean {
  const lister = new EntryLister(run.process, args.numericOwner);
  const selection = new Selection(args);
  for (const entry of archive.entries) {
    if (!selection.takes(entry.name)) continue;
    const line = args.verbose ? lister.line(entry) : safeText(run.process, entry.name);
    run.process.stdout.write(`${line}\n`);
  }
  if (archive.truncated) {
    const size = archive.truncated.entry?.size ?? 0;
    const needed = Math.ceil(size / 512) * 512 || 512;
    run.process.stderr.write(
      `tar: Truncated input file (needed ${needed} bytes, only 0 available)\n`,
    );
  }
  return reportMissing(run, selection) || archive.truncated !== undefined;
}

/** A name that the archive has as UTF-8 is used all the same, but tar fails in the end. */
function warnOfNames({ process }: Run, { entries }: Archive): boolean {
  if (knowsUtf8(process)) return false;
  const strange = entries.filter(({ charset }) => charset === "UTF-8");
  const message = "tar: Pathname can't be converted from UTF-8 to current locale.\n";
  process.stderr.write(message.repeat(strange.length));
  return strange.length > 0;
}

function extract(run: Run, args: TarArguments, archive: Archive): boolean {
  const selection = new Selection(args);
  const extraction = new Extraction(run, args);
  const cut = archive.truncated?.entry;
  for (const entry of archive.entries) {
    if (!selection.takes(entry.name)) continue;
    if (args.toStdout) run.process.stdout.write(entry.data);
    else extraction.add(entry);
    if (entry === cut) extraction.complain(entry, truncation(run));
  }
  extraction.finish();
  if (archive.truncated && !cut) run.process.stderr.write("tar: Truncated tar archive\n");
  return reportMissing(run, selection) || extraction.failed || archive.truncated !== undefined;
}

/** What libarchive says of an xz archive that ends within a member. */
function truncation(run: Run): string {
  return run.process.machine.release === "13.2-RELEASE"
    ? "Lzma library error:  No progress is possible: No such file or directory"
    : "Truncated tar archive detected while reading data: Unknown error: -1";
}

function reportMissing(run: Run, selection: Selection): boolean {
  for (const name of selection.missing) {
    run.process.stderr.write(`tar: ${name}: Not found in archive\n`);
  }
  return selection.missing.length > 0;
}
