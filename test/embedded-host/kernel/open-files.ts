/** open(2) for the shell's redirections: files, devices, and the descriptors below /dev/fd. */
import { FsError } from "../contract.js";
import { BufferSource } from "./endpoints.js";
import type { MemoryFileSystem } from "./files.js";
import { Counted, type OpenFile, type Source } from "./pipe.js";
import type { KernelProcess } from "./process.js";

export interface WriteMode {
  append?: boolean;
  /** Never replaces a file that is already there (noclobber). */
  exclusive?: boolean;
  /** Leaves the content as it is ("<>"). */
  keep?: boolean;
}

const DESCRIPTORS: Record<string, number> = { stdin: 0, stdout: 1, stderr: 2 };

/** Opens a path for reading. */
export function openForReading(process: KernelProcess, path: string): OpenFile {
  const files = process.machine.files as MemoryFileSystem;
  const shared = sharedDescriptor(process, path);
  if (shared !== undefined) return shared;
  const { type } = files.stat(process, path);
  if (type === "chardev") return deviceForReading(path);
  // A directory can be opened; reading from it fails, and here ends at once.
  if (type === "directory") return new BufferSource(Buffer.alloc(0));
  const host = files.hostPath(process, path);
  return new RegularFile(new BufferSource(files.read(process, path)), undefined, host);
}

/** Opens a path for writing, as the shell's ">" and its relatives do. */
export function openForWriting(process: KernelProcess, path: string, mode: WriteMode): OpenFile {
  const files = process.machine.files as MemoryFileSystem;
  const shared = sharedDescriptor(process, path);
  if (shared !== undefined) return shared;
  const append = mode.append === true || mode.keep === true;
  const exclusive = mode.exclusive === true && !isSpecial(process, path);
  const writer = files.openWriter(process, path, { append, exclusive, mode: 0o666 });
  const source =
    mode.keep === true
      ? new BufferSource(files.read({ ...process, credentials: undefined }, path))
      : undefined;
  return new RegularFile(source, writer, files.hostPath(process, path));
}

class RegularFile extends Counted {
  constructor(
    override readonly source: Source | undefined,
    override readonly sink: OpenFile["sink"],
    readonly path: string,
  ) {
    super();
  }
  protected closed(): void {
    return;
  }
}

/** What /dev/stdin, /dev/fd/1 and the like stand for. */
function sharedDescriptor(process: KernelProcess, path: string): OpenFile | undefined {
  const match = /^\/dev\/(?:fd\/(\d+)|(stdin|stdout|stderr))$/.exec(path);
  if (match === null) return undefined;
  const number = match[2] === undefined ? Number(match[1]) : (DESCRIPTORS[match[2]] as number);
  const file = process.descriptors.get(number);
  if (file === undefined) throw new FsError("ENOENT", path);
  return file;
}

function isSpecial(process: KernelProcess, path: string): boolean {
  try {
    return process.machine.files.stat(process, path).type !== "file";
  } catch (error) {
    if (error instanceof FsError) return false;
    throw error;
  }
}

function deviceForReading(path: string): OpenFile {
  if (/\/zero$/.test(path)) return new EndlessSource(() => Buffer.alloc(4096));
  if (/\/u?random$/.test(path)) {
    return new EndlessSource(() =>
      Buffer.from(Array.from({ length: 4096 }, () => Math.random() * 256)),
    );
  }
  return new BufferSource(Buffer.alloc(0));
}

/** /dev/zero and /dev/random. */
class EndlessSource extends Counted implements Source {
  override readonly source = this;
  constructor(private readonly more: () => Buffer) {
    super();
  }
  takeNow(max: number): Buffer {
    return this.more().subarray(0, max);
  }
  ready(): Promise<void> {
    return Promise.resolve();
  }
  protected closed(): void {
    return;
  }
}
