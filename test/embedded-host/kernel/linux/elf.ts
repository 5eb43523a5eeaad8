/** Linux programs: ELF files, of which the kernel runs those whose system it knows. */
import { type FileSystem, FsError, type Where } from "../../contract.js";

/** Class, byte order and version of a 64-bit ELF file; the byte after them names the system. */
const HEAD = "\x7fELF\x02\x01\x01";
const LINUX = 3;
/** What compilers write there: no system in particular. The interpreter tells it then. */
const SYSTEM_V = 0;
const systemAt = HEAD.length;
const nameAt = 16;
const INTERPRETER = "/lib64/ld-linux-x86-64.so.2";

/** The file of a Linux program that does what the tool of that name does. */
export function linuxProgram(name: string): Buffer {
  const head = Buffer.alloc(nameAt);
  head.write(HEAD, "latin1");
  return Buffer.concat([head, Buffer.from(`${name}\n`)]);
}

/** The system in the header of an ELF file of this kind: undefined for other files. */
export function systemOf(content: Buffer): number | undefined {
  const known = content.toString("latin1", 0, HEAD.length) === HEAD;
  return known && content.length > nameAt ? content[systemAt] : undefined;
}

/** Writes another system into the header, as brandelf(1) does. */
export function withSystem(content: Buffer, system: number): Buffer {
  const copy = Buffer.from(content);
  copy[systemAt] = system;
  return copy;
}

/** The interpreter is missing: the kernel says so on the terminal of the process. */
export class MissingInterpreter extends FsError {
  readonly text = `ELF interpreter ${INTERPRETER} not found, error 2\n`;
  constructor(path: string) {
    super("ENOEXEC", path);
  }
}

/** The tool behind a Linux program. Throws ENOEXEC where the kernel does not run it. */
export function loadLinux(
  files: FileSystem,
  where: Where,
  modules: ReadonlySet<string>,
  path: string,
  content: Buffer,
): string {
  const system = systemOf(content);
  const known = system === LINUX || system === SYSTEM_V;
  if (!known || !modules.has("linux64elf")) throw new FsError("ENOEXEC", path);
  if (!files.exists({ root: where.root, cwd: "/" }, INTERPRETER))
    throw new MissingInterpreter(path);
  return content.toString("latin1", nameAt).split("\n", 1)[0] ?? "";
}
