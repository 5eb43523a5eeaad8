/** Reading configuration files, also those that a file includes. */
import { dirname, isAbsolute } from "node:path/posix";
import { FsError, type Process } from "../../../contract.js";
import { strerror } from "../../../kernel/errors.js";
import { expandGlob } from "../glob.js";
import { ConfigError } from "./lexer.js";
import { parseJailConf, type RawJail } from "./parser.js";

const deepest = 32;

/** The blocks of a file. Releases before 14 do not know `.include`. Throws `ConfigError`. */
export async function loadJailConf(process: Process, file: string): Promise<RawJail[]> {
  if (file === "-") {
    const text = (await process.stdin.all()).toString("utf8");
    return parse(process, text, "STDIN", 0);
  }
  return loadFile(process, file, 0);
}

function loadFile(process: Process, file: string, depth: number): RawJail[] {
  if (depth > deepest) throw new ConfigError(`${file}: maximum include depth exceeded`);
  return parse(process, readText(process, file), file, depth);
}

function parse(process: Process, text: string, file: string, depth: number): RawJail[] {
  if (process.machine.release === "13.2-RELEASE") return parseJailConf(text, file);
  return parseJailConf(text, file, (patterns) =>
    patterns.flatMap((pattern) =>
      filesOf(process, pattern, file).flatMap((path) => loadFile(process, path, depth + 1)),
    ),
  );
}

/** A pattern that matches nothing includes nothing; a plain name must be there. */
function filesOf(process: Process, pattern: string, from: string): string[] {
  const path = isAbsolute(pattern) ? pattern : `${dirname(from)}/${pattern}`;
  return /[*?[]/.test(path) ? expandGlob(process, path) : [path];
}

function readText(process: Process, file: string): string {
  try {
    return process.machine.files.read(process, file).toString("utf8");
  } catch (error) {
    if (error instanceof FsError) throw new ConfigError(`${file}: ${strerror(error.code)}`);
    throw error;
  }
}
