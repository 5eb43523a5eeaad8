/** Pathname expansion over the files of the machine. */
import { type FileSystem, FsError, type Where } from "../contract.js";
import { toBytes, toText } from "./bytes.js";
import { compilePattern, isPattern, unescapePattern } from "./pattern.js";

/** The paths that a pattern matches, sorted; none when there is no match. */
export function expandPath(files: FileSystem, where: Where, pattern: string): string[] {
  const absolute = pattern.startsWith("/");
  let found = [absolute ? "/" : ""];
  const components = pattern.split("/").filter((component) => component !== "");
  components.forEach((component, index) => {
    const last = index === components.length - 1;
    found = found.flatMap((base) => matchIn(files, where, base, component, last));
  });
  if (pattern.endsWith("/")) {
    found = found
      .filter((path) => typeOf(files, where, path, true) === "directory")
      .map((path) => `${path}/`);
  }
  return found.sort((one, other) => (one < other ? -1 : 1));
}

function matchIn(files: FileSystem, where: Where, base: string, component: string, last: boolean) {
  if (!isPattern(component)) {
    const path = base + unescapePattern(component);
    if (last) return typeOf(files, where, path, false) === undefined ? [] : [path];
    return [`${path}/`];
  }
  const expression = compilePattern(component);
  const hidden = component.startsWith(".") || component.startsWith("\\.");
  return namesIn(files, where, base)
    .filter((name) => expression.test(name) && (hidden || !name.startsWith(".")))
    .filter((name) => last || typeOf(files, where, base + name, true) === "directory")
    .map((name) => base + name + (last ? "" : "/"));
}

function namesIn(files: FileSystem, where: Where, base: string): string[] {
  try {
    return files.readdir(where, toText(base === "" ? "." : base)).map(toBytes);
  } catch (error) {
    if (error instanceof FsError) return [];
    throw error;
  }
}

function typeOf(
  files: FileSystem,
  where: Where,
  path: string,
  follow: boolean,
): string | undefined {
  try {
    return files.stat(where, toText(path), { follow }).type;
  } catch (error) {
    if (error instanceof FsError) return undefined;
    throw error;
  }
}
