/** How commands leave the normal flow. */

/** `exit`, or the end of a shell after an error. */
export class ExitShell extends Error {
  constructor(readonly status: number) {
    super(`exit ${status}`);
  }
}

export class ReturnFromFunction extends Error {
  constructor(readonly status: number) {
    super(`return ${status}`);
  }
}

/** `break` and `continue` of so many loops. */
export class LeaveLoop extends Error {
  constructor(
    readonly kind: "break" | "continue",
    public levels: number,
  ) {
    super(kind);
  }
}

/** An error of the shell itself, already reported: it ends a script, but not around a plain builtin. */
export class ShellFault extends Error {
  constructor(
    message: string,
    readonly status = 2,
  ) {
    super(message);
  }
}
