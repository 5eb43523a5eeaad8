/**
 * The one error that this layer throws, and its factory. Texts for the usual causes are in
 * `error-texts.ts`.
 */
import type { Command } from "../freebsd/command.js";
import { redactSecrets, showCommand, showTail } from "./printable.js";

/**
 * - `refused`: nothing was done, because we were not let in or had to wait too long.
 * - `failed`: it ended with an answer, and the answer is no.
 * - `unknown`: no answer came; it may have been done wholly, partly or not at all. Observe again.
 */
export type HostErrorKind = "refused" | "failed" | "unknown";

/** What went wrong, for code that reacts to it. */
export type HostErrorReason =
  | "unreachable"
  | "host-key"
  | "authentication"
  | "become"
  | "shell"
  | "lock"
  | "deadline"
  | "output"
  | "lost";

export interface HostErrorFacts {
  readonly kind: HostErrorKind;
  readonly reason: HostErrorReason;
  /** "root@jailhost1.example.org:22" */
  readonly host: string;
  /** What happened, without the host: "the host key is not known". */
  readonly what: string;
  readonly command?: Pick<Command, "argv">;
  readonly status?: number;
  readonly stderr?: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Strings that must not show anywhere in the error. */
  readonly secrets?: readonly string[];
}

/** An operation on a host that did not end as asked. Made by `hostError` only. */
export class HostError extends Error {
  override readonly name = "HostError";
  readonly kind: HostErrorKind;
  readonly reason: HostErrorReason;
  readonly host: string;
  /** The command as one would type it; never its input. */
  readonly command: string | undefined;
  readonly status: number | undefined;
  /** The last lines of what it wrote to stderr. */
  readonly stderr: string | undefined;
  readonly hint: string | undefined;

  constructor(facts: Omit<HostErrorFacts, "command" | "secrets"> & { command?: string }) {
    super(composeMessage(facts));
    this.kind = facts.kind;
    this.reason = facts.reason;
    this.host = facts.host;
    this.command = facts.command;
    this.status = facts.status;
    this.stderr = facts.stderr;
    this.hint = facts.hint;
    // Pulumi prints the stack of what is thrown in check, diff, read and delete to the user.
    if (!process.env.FREEBSD_DEBUG) {
      this.stack = `${this.name}: ${this.message.replace(/\s*\n\s*/g, " ")}`;
    }
  }
}

/** Makes a `HostError`: shows the command without its input, cuts stderr, escapes and redacts. */
export function hostError(facts: HostErrorFacts): HostError {
  const secrets = facts.secrets ?? [];
  const clean = (text: string | undefined) =>
    text === undefined || text === "" ? undefined : redactSecrets(text, secrets);
  return new HostError({
    kind: facts.kind,
    reason: facts.reason,
    host: facts.host,
    what: redactSecrets(facts.what, secrets),
    command: clean(facts.command && showCommand(facts.command)),
    status: facts.status,
    stderr: clean(facts.stderr && showTail(facts.stderr)),
    hint: clean(facts.hint),
  });
}

function composeMessage(facts: { host: string; what: string } & Partial<HostError>): string {
  const command = facts.command ? ` (${facts.command})` : "";
  const status = facts.status === undefined ? "" : ` [status ${facts.status}]`;
  const parts = [`${facts.host}: ${facts.what}${command}${status}`];
  if (facts.stderr) parts.push(facts.stderr);
  if (facts.hint) parts.push(facts.hint);
  return parts.join("\n");
}
