/** A refusal of ZFS: what zfs(8) writes to standard error, without the last line feed. */
export class ZfsError extends Error {
  constructor(
    message: string,
    readonly status = 1,
  ) {
    super(message);
  }
}

/** `cannot <action> '<name>': <reason>`: the form of nearly every message of libzfs. */
export function cannot(action: string, name: string, reason: string): ZfsError {
  return new ZfsError(`cannot ${action} '${name}': ${reason}`);
}
