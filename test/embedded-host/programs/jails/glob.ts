import type { Process } from "../../contract.js";

/** Paths that match a pattern with *, ? and [ ] in its components, sorted. */
export function expandGlob(process: Process, pattern: string): string[] {
  const { files } = process.machine;
  let found = [pattern.startsWith("/") ? "/" : ""];
  for (const part of pattern.split("/").filter((one) => one !== "")) {
    found = found.flatMap((directory) => {
      const join = (name: string) =>
        directory === "" || directory.endsWith("/") ? directory + name : `${directory}/${name}`;
      if (!/[*?[]/.test(part)) return files.exists(process, join(part)) ? [join(part)] : [];
      if (!files.exists(process, directory || ".")) return [];
      const fits = matcher(part);
      return files
        .readdir(process, directory || ".")
        .filter(fits)
        .map(join);
    });
  }
  return found;
}

function matcher(part: string): (name: string) => boolean {
  const source = part
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replace(/\*/g, ".*")
    .replace(/\?/g, ".")
    .replace(/\[!/g, "[^");
  const pattern = new RegExp(`^${source}$`);
  // A name with a dot at its beginning is only found by a pattern with one.
  return (name) => pattern.test(name) && (part.startsWith(".") || !name.startsWith("."));
}
