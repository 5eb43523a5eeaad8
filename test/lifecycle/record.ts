/** What the suites that run the whole provider write down of the commands that it sends. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface CommandRecord {
  /** The test file, from the root of the repository. */
  readonly file: string;
  /** Forms of the commands that ran, and one command of each. */
  readonly ran: readonly (readonly [form: string, example: string])[];
  /** Shell functions that were sent: name, and the words of all commands in them. */
  readonly functions: readonly (readonly [
    name: string,
    commands: readonly (readonly string[])[],
  ])[];
}

declare module "vitest" {
  /** What the run's own reporter provides; nothing where others were asked for (--reporter). */
  export interface ProvidedContext {
    /** The directory of this run's records. */
    commandRecords: string | undefined;
    /** The test files that leave records, and whether this run goes through all of them. */
    recordedFiles: { files: string[]; complete: boolean } | undefined;
  }
  export interface TaskMeta {
    /** A line about the whole run, printed in its end. */
    summary?: string;
  }
}

/** The records of this run, one for each test file that came to its end. */
export function readRecords(directory: string | undefined): CommandRecord[] {
  if (directory === undefined) return [];
  return readdirSync(directory).map(
    (name) => JSON.parse(readFileSync(join(directory, name), "utf8")) as CommandRecord,
  );
}
