/**
 * Text from a host or a user as it may stand in a message: a terminal must not be steered by it,
 * and secrets must not show.
 */
import type { Command } from "../freebsd/command.js";

const TAIL_LINES = 8;
const TAIL_CHARACTERS = 2000;

/** Escapes control characters; line breaks and tabs too, unless `keepLines`. */
export function escapeControls(text: string, keepLines = false): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) => {
    if (keepLines && (character === "\n" || character === "\t")) return character;
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    const code = character.charCodeAt(0);
    return code < 256
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  });
}

/** A command as one would type it, for messages. Its input is data and never shown. */
export function showCommand(command: Pick<Command, "argv">): string {
  return command.argv
    .map((word) => (/^[\w./:=@%+,-]+$/.test(word) ? word : `'${escapeControls(word)}'`))
    .join(" ");
}

/** The end of what a tool wrote: the part that says what went wrong. */
export function showTail(text: string): string {
  const lines = text.trimEnd().split("\n").slice(-TAIL_LINES).join("\n");
  return escapeControls(lines.slice(-TAIL_CHARACTERS), true).trim();
}

/** What is shorter would blank harmless text; of a secret's end, too. */
const shortestSecret = 3;
const shortestEnd = 6;

/**
 * Replaces every secret in `text`, and what is left of one at its beginning, where the text is the end of a longer one.
 */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret.length >= shortestSecret)
    .sort((one, other) => other.length - one.length)
    .reduce((rest, secret) => redactStart(rest, secret).split(secret).join(redacted), text);
}

const redacted = "[redacted]";

function redactStart(text: string, secret: string): string {
  for (let at = Math.max(1, secret.length - text.length); at <= secret.length - shortestEnd; at++)
    if (text.startsWith(secret.slice(at))) return redacted + text.slice(secret.length - at);
  return text;
}
