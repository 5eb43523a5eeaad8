/** What printf and echo need to say something, as builtins and as programs. */
import type { Process } from "../contract.js";

export interface Speaker {
  /** Writes bytes to standard output. */
  write(bytes: string): void;
  /** Writes a message about the command to standard error. */
  warn(message: string): void;
  /** Writes a line to standard error. */
  complain(line: string): void;
}

/** The speaker of a program. */
export function speakerOf(process: Process): Speaker {
  const complain = (line: string) => process.stderr.write(Buffer.from(`${line}\n`, "latin1"));
  return {
    write: (bytes) => process.stdout.write(Buffer.from(bytes, "latin1")),
    warn: (message) => complain(`${process.argv[0]}: ${message}`),
    complain,
  };
}
