/** Readers and writers that tools give to the programs they start. */
import type { Process, Reader, Writer } from "../../contract.js";

/** /dev/null to read from. */
export const nothing: Reader = {
  read: () => Promise.resolve(null),
  all: () => Promise.resolve(Buffer.alloc(0)),
};

/** /dev/null to write to. */
export const nowhere: Writer = { write: () => undefined };

/** Appends to a file, which is made when it is not there. Throws `FsError`. */
export function appendingWriter(process: Process, path: string): Writer {
  const { files } = process.machine;
  const where = { root: process.root, cwd: process.cwd, credentials: process.credentials };
  const append = (data: string | Buffer) => files.write(where, path, data, { append: true });
  append("");
  return { write: append };
}
