/** What to tell people about the usual ways in which a host is not reached or does not answer. */
import type { Command } from "../freebsd/command.js";
import { type HostError, hostError } from "./errors.js";
import type { KeyVerdict } from "./host-key.js";
import { RUN_DIRECTORY } from "./prelude.js";
import { showCommand } from "./printable.js";

/** Which host, and what must not show. */
export interface Place {
  readonly host: string;
  readonly secrets: readonly string[];
}

export function unreachable(place: Place, cause: Error, attempts: number): HostError {
  const tries = attempts === 1 ? "" : ` after ${attempts} attempts`;
  return hostError({
    ...place,
    kind: "refused",
    reason: "unreachable",
    what: `cannot be reached${tries}: ${cause.message}`,
    hint: "Check address and port. dialErrorLimit and perDialTimeout set the patience.",
  });
}

export function hostKeyRefused(
  place: Place,
  verdict: Exclude<KeyVerdict, { kind: "trusted" }>,
  source: string,
): HostError {
  const base = { ...place, kind: "refused", reason: "host-key" } as const;
  if (verdict.kind === "unknown") {
    return hostError({
      ...base,
      what: `the host's key is not known; it showed ${verdict.fingerprint}`,
      hint: `If it is the right one, pin it as hostKey or add to known_hosts:\n${verdict.line}`,
    });
  }
  if (verdict.kind === "revoked") {
    return hostError({
      ...base,
      what: `the host showed a key that is marked @revoked: ${verdict.fingerprint}`,
      hint: `The mark stands in ${source}.`,
    });
  }
  const expected = verdict.expected.join(" or ");
  return hostError({
    ...base,
    what: `THE HOST'S KEY HAS CHANGED: it showed ${verdict.fingerprint}, expected ${expected}`,
    hint: `Somebody may be in between, or the host was set up anew. Expected by ${source}.`,
  });
}

/** As `hostKeyRefused`, when the system's ssh was the judge. */
export function hostKeyTextRefused(place: Place, stderr: string): HostError {
  return hostError({
    ...place,
    kind: "refused",
    reason: "host-key",
    what: "ssh does not trust the host's key",
    stderr,
    hint: "Compare the key (ssh-keyscan), then pin it as hostKey or put it into known_hosts.",
  });
}

export function noCommonKeyType(place: Place, source: string): HostError {
  return hostError({
    ...place,
    kind: "refused",
    reason: "host-key",
    what: "the host has no key of the type by which it is known",
    hint: `The expected key comes from ${source}; compare with ssh-keyscan.`,
  });
}

export function authenticationRefused(place: Place, tried: readonly string[]): HostError {
  return hostError({
    ...place,
    kind: "refused",
    reason: "authentication",
    what: "login refused",
    hint: tried.length === 0 ? "No credentials were found to try." : `Tried: ${tried.join("; ")}.`,
  });
}

export function becomeRefused(place: Place, become: string, stderr: string): HostError {
  return hostError({
    ...place,
    kind: "refused",
    reason: "become",
    what: `${become} does not give a root shell`,
    stderr,
    hint: `"${become} -n /bin/sh" must work for this user without a password.`,
  });
}

export function shellRefused(place: Place, stderr: string, status: number | undefined): HostError {
  return hostError({
    ...place,
    kind: "refused",
    reason: "shell",
    what: "no shell was given",
    status,
    stderr,
  });
}

export function lockBusy(place: Place, lock: string, seconds: number): HostError {
  return hostError({
    ...place,
    kind: "refused",
    reason: "lock",
    what: `another change holds the lock "${lock}"; gave up after ${seconds} s, changed nothing`,
    hint: `Another run, or what a lost connection left behind: fstat ${RUN_DIRECTORY}/${lock}`,
  });
}

export function lockFailed(place: Place, status: number, stderr: string): HostError {
  return hostError({
    ...place,
    kind: "refused",
    reason: "lock",
    what: "the locks cannot be taken, nothing was changed",
    status,
    stderr,
    hint: "Changing a host needs root: log in as root or set become.",
  });
}

export function deadlinePassed(
  place: Place,
  seconds: number,
  commands: readonly Command[],
  ended: boolean,
): HostError {
  const first = commands[0];
  const more = commands.length > 1 ? ` and ${commands.length - 1} more` : "";
  const asked = first ? showCommand(first) : "a batch";
  return hostError({
    ...place,
    kind: "unknown",
    reason: "deadline",
    what: `no answer within ${Math.round(seconds)} s to ${asked}${more}`,
    hint: ended
      ? "It was ended on the host."
      : "It could not be ended and may still run on the host.",
  });
}

export function outputTooLong(place: Place, cap: number, mutates: boolean): HostError {
  return hostError({
    ...place,
    kind: mutates ? "unknown" : "failed",
    reason: "output",
    what: `the answer is longer than ${cap} bytes`,
  });
}

export function connectionLost(place: Place, cause: string, mutates: boolean): HostError {
  return hostError({
    ...place,
    kind: "unknown",
    reason: "lost",
    what: `the connection was lost before the answer came: ${cause}`,
    hint: mutates
      ? "The change may be made wholly, partly or not at all. The next run looks and finishes it."
      : undefined,
  });
}
