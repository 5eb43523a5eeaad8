/** What the tools of this directory say. */
import { FsError, type Process } from "../../contract.js";
import { strerror } from "../../kernel/errors.js";

/** warnx(3): "tool: text" on standard error. */
export function warn(process: Process, text: string): void {
  process.stderr.write(`${toolName(process)}: ${text}\n`);
}

/** errx(3) as the last words of a program: gives the status back. */
export function fail(process: Process, text: string, status = 1): number {
  warn(process, text);
  return status;
}

/** The name a program was called by, without its directory. */
export function toolName(process: Process): string {
  const name = process.argv[0] ?? "";
  return name.slice(name.lastIndexOf("/") + 1);
}

/** The text of an error that a tool prints; other errors go on. */
export function errorText(error: unknown): string {
  if (error instanceof FsError) return strerror(error.code);
  throw error;
}
