/**
 * A command as a value. Builders in this directory make commands, one runner in `host/` turns them into shell
 * text, and tests, logs and the embedded host consume the same values. Nothing here knows SSH or Pulumi.
 */

/** A shell function that a command's first word names; sent with the batch that uses it. */
export interface ShellFunction {
  readonly name: string;
  /** Its whole definition, `name() { … }`, in POSIX sh. */
  readonly text: string;
  /** Functions that it calls. */
  readonly needs?: readonly ShellFunction[];
}

export interface Command {
  /** The tool, or the name of `shellFunction`, and its arguments. Each is quoted by the runner. */
  readonly argv: readonly [string, ...string[]];
  readonly shellFunction?: ShellFunction;
  /** Standard input as data (files' content, secrets). Absent: /dev/null. */
  readonly input?: string | Uint8Array;
  /** Parts of the input that must not show in an error, where the command repeats them. */
  readonly secrets?: readonly string[];
  /** Whether it can change the host. */
  readonly mutates: boolean;
  /**
   * Exit statuses that are an answer. In an apply batch any other status ends the batch; an observation
   * goes on whatever the status is. Default [0].
   */
  readonly accept?: readonly number[];
  /** After a failure: what comes after it there is only right when this succeeded, and is left out otherwise. */
  readonly gate?: boolean;
  /** An observation that is not repeated under the lock: what others may change meanwhile without harm. */
  readonly unguarded?: boolean;
  /** An observation whose answer holds as long as the connection does (release, architecture). */
  readonly stable?: boolean;
  /**
   * Starts something long-lived (jail -c, service start): its output goes to a file that is then shown, because
   * daemons inherit the channel and would write into later answers.
   */
  readonly detached?: boolean;
  /** The same question for the whole host, answered once for a burst of reads. */
  readonly wide?: Wide;
  /** Seconds this command may take, added to the batch's deadline. Default 60. */
  readonly deadline?: number;
  /** Bytes that it may answer, beyond those that the answer to any batch may have. */
  readonly answerSize?: number;
  /** What it does, for progress lines and errors: "extract base.txz". */
  readonly title?: string;
}

export interface Wide {
  readonly command: Command;
  /** Picks this command's answer out of the answer for the whole host. */
  pick(result: CommandResult): CommandResult;
}

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell function by its body. It runs in a subshell: its variables and directory are its own. */
export function shellFunction(
  name: string,
  body: string,
  needs: readonly ShellFunction[] = [],
): ShellFunction {
  return { name, text: `${name}() {\n  ${body}\n}`, needs };
}

type Options = Omit<Command, "argv" | "mutates">;

/** A command that changes nothing. */
export function look(argv: Command["argv"], options: Options = {}): Command {
  return { argv, mutates: false, ...options };
}

/** A command that changes the host. */
export function act(argv: Command["argv"], options: Options = {}): Command {
  return { argv, mutates: true, ...options };
}
