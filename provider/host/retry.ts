/**
 * Patience with hosts that are busy, booting or under attack: pauses that grow, and differ by
 * chance.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { type Place, unreachable } from "./error-texts.js";
import { HostError } from "./errors.js";

const FIRST_PAUSE = 200;
const LONGEST_PAUSE = 10_000;

/**
 * Codes of a network that may be better soon. A name that does not exist (ENOTFOUND) is not among
 * them.
 */
const PASSING_CODES = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "EHOSTDOWN",
  "ENETUNREACH",
  "ENETDOWN",
  "EAI_AGAIN",
]);

/** sshd over MaxStartups drops the connection before or in the handshake; hops refuse channels. */
const PASSING_TEXTS =
  /connection (lost|closed|reset|refused)|channel open failure|no (connection|login) within/i;

/** Whether a dial that failed with this may succeed if tried again. */
export function isPassing(error: unknown): boolean {
  if (error instanceof HostError || !(error instanceof Error)) return false;
  const code = (error as NodeJS.ErrnoException).code;
  return (code !== undefined && PASSING_CODES.has(code)) || PASSING_TEXTS.test(error.message);
}

/** Milliseconds to wait before attempt `attempt` (1 is the second try). */
export function pauseBefore(attempt: number, random: () => number = Math.random): number {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (attempt - 1));
  return longest / 2 + (longest / 2) * random();
}

/**
 * Runs `dial` until it succeeds, fails for good, or has failed more than `limit` times (-1: as long
 * as it takes). Throws `HostError`.
 */
export async function retryDial<T>(
  place: Place,
  limit: number,
  dial: () => Promise<T>,
  pause: (milliseconds: number) => Promise<unknown> = sleep,
): Promise<T> {
  for (let failures = 0; ; ) {
    try {
      return await dial();
    } catch (error) {
      if (error instanceof HostError) throw error;
      failures++;
      if (!isPassing(error) || (limit >= 0 && failures > limit)) {
        throw unreachable(place, describe(error), failures);
      }
      await pause(pauseBefore(failures));
    }
  }
}

/** Errors of several addresses at once (AggregateError) have an empty message. */
function describe(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  if (error instanceof AggregateError) {
    return new Error(error.errors.map((each: Error) => each.message).join("; "));
  }
  return error;
}
