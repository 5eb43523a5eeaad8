/** Jails as text: for -e and for the file of -J. */
import type { JailSpec } from "./spec.js";

/** All parameters of a jail, separated; a running one begins with its jid. */
export function printSpec(spec: JailSpec, separator: string, jid?: number): string {
  const parameters = spec.parameters
    .filter(({ name }) => name !== "jid")
    .map(({ name, values }) =>
      values.length === 0 ? name : `${name}=${values.map(quoted).join(",")}`,
    );
  const all = jid === undefined ? parameters : [`jid=${jid}`, ...parameters];
  return `${all.join(separator)}\n`;
}

/** Quotes around an empty text and around blanks and quotes. */
function quoted(text: string): string {
  const mark =
    text === "" ? '"' : text.includes("'") ? '"' : text.includes('"') ? "'" : blanks(text);
  return (
    mark + [...text].map((one) => (one === "\\" || one === mark ? `\\${one}` : one)).join("") + mark
  );
}

function blanks(text: string): string {
  return /[ \t]/.test(text) ? '"' : "";
}
