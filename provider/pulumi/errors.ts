/** Errors as Pulumi shows them. */

/** What has a message for a person in it: one line of stack, for the server prints the stack beside the message. */
export function plainError(error: unknown): Error {
  const plain = error instanceof Error ? error : new Error(String(error));
  if (!process.env.FREEBSD_DEBUG) plain.stack = plain.message;
  return plain;
}

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
    super(message);
    this.reasons = [message];
    this.stack = message;
  }
}
