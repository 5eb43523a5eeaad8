/** Lines of a text without their line ends; a last line without one counts, too. */
export function linesOf(data: Buffer | string): string[] {
  // Latin-1 keeps every byte as it is.
  const text = typeof data === "string" ? data : data.toString("latin1");
  if (text === "") return [];
  return (text.endsWith("\n") ? text.slice(0, -1) : text).split("\n");
}

/** The bytes of text that `linesOf` made. */
export function bytesOf(text: string): Buffer {
  return Buffer.from(text, "latin1");
}

/** A word of the command line as the bytes in a file look in `linesOf`. */
export function rawText(word: string): string {
  return Buffer.from(word).toString("latin1");
}

/** A number with a suffix of 1024s: "512k", "1g". Undefined for anything else. */
export function parseSize(text: string, suffixes = "kmgtpe"): number | undefined {
  const match = /^(\d+)([a-zA-Z]?)$/.exec(text);
  if (!match) return undefined;
  const suffix = (match[2] as string).toLowerCase();
  const power = suffix === "" ? 0 : suffixes.indexOf(suffix) + 1;
  if (suffix !== "" && power === 0) return undefined;
  return Number(match[1]) * 1024 ** power;
}
