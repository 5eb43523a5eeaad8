/** Errors as Pulumi shows them. What jails and packages say may be in them: no terminal is steered by that. */
import { escapeControls } from "../host/printable.js";

/** What has a message for a person in it: one line of stack, for the server prints the stack beside the message. */
export function plainError(error: unknown): Error {
  const plain = error instanceof Error ? error : new Error(String(error));
  plain.message = escapeControls(plain.message, true);
  if (!process.env.FREEBSD_DEBUG) plain.stack = plain.message;
  return plain;
}

/** A host that is another machine now, for what neither moves nor can be made anew. */
export const notMovable = (kind: string, error: Error): Error =>
  plainError(
    new Error(
      `${error.message} A ${kind} cannot be moved to another machine; nothing was changed. ` +
        "Set host back, or declare another one on that machine.",
    ),
  );

/**
 * A resource that exists but is not as declared: Pulumi keeps it with these reasons, and the next up repairs it.
 * The server does not add `__provider` to the properties of an error, and without it nothing could delete them.
 */
export class InitializationError extends Error {
  readonly reasons: string[];

  constructor(
    readonly id: string,
    message: string,
    readonly properties: Record<string, unknown>,
  ) {
    super(escapeControls(message, true));
    this.reasons = [this.message];
    this.stack = this.message;
  }
}
