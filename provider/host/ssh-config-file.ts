/** Reads ~/.ssh/config with what it includes. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";

/** ssh itself gives up at this depth. */
const DEPTH = 16;

/**
 * The text of a configuration file with its Include lines replaced; "" when there is no such file.
 */
export function readConfigText(path: string, home: string, depth = 0): string {
  const text = readIfPresent(path);
  if (text === undefined || depth > DEPTH) return "";
  let section = "";
  return text
    .split("\n")
    .map((line) => {
      if (/^\s*(host|match)[\s=]/i.test(line)) section = line;
      const included = /^\s*include[\s=]+(.+?)\s*$/i.exec(line)?.[1];
      if (included === undefined) return line;
      const texts = splitPatterns(included)
        .flatMap((pattern) => expandPattern(pattern, home))
        .map((file) => readConfigText(file, home, depth + 1));
      // A Host line of the included file must not swallow what follows the Include.
      return [...texts, section === "" ? "Host *" : section].join("\n");
    })
    .join("\n");
}

function splitPatterns(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|(\S+)/g)].map((match) => match[1] ?? match[2] ?? "");
}

/** Files that match; "*" and "?" are known in the last component, as in config.d/*.conf. */
function expandPattern(pattern: string, home: string): string[] {
  const plain = pattern.replace(/^~(?=\/)/, () => home);
  const path = isAbsolute(plain) ? plain : join(home, ".ssh", plain);
  if (!/[*?]/.test(path)) return [path];
  const expression = basename(path)
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const matcher = new RegExp(`^${expression}$`);
  return listIfPresent(dirname(path))
    .filter((name) => matcher.test(name) && !name.startsWith("."))
    .sort()
    .map((name) => join(dirname(path), name));
}

function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    // Absent or not ours to read is as good as empty, as for ssh itself with optional files.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function listIfPresent(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Whether an error of node:fs says that a file is not there or not readable. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "EACCES" || code === "ENOTDIR" || code === "EISDIR";
}
