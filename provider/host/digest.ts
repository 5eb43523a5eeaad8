/**
 * Results as the caller sees them (text) with the bytes they came from, and the digest over these
 * bytes by which a change finds out, on the host and under the lock, that the world is still as it
 * was observed.
 */
import { createHash } from "node:crypto";
import type { Command, CommandResult } from "../freebsd/command.js";

/** Only of results whose text is not exactly their bytes (output that is not UTF-8). */
const exactStdout = new WeakMap<CommandResult, Buffer>();

/** Makes a result from what came over the wire and remembers bytes that text cannot hold. */
export function makeResult(status: number, stdout: Buffer, stderr: Buffer): CommandResult {
  const result = { status, stdout: stdout.toString("utf8"), stderr: stderr.toString("utf8") };
  if (!Buffer.from(result.stdout, "utf8").equals(stdout)) exactStdout.set(result, stdout);
  return result;
}

/** Whether a command's answer is part of the digest. */
export function isGuarded(command: Command): boolean {
  return command.unguarded !== true;
}

/**
 * The digest for `Batch.guard` of answers that `observe` gave: SHA-256 over the stdout and
 * "\n<status>\n" of each guarded command, in order. `results[i]` answers `commands[i]`.
 */
export function guardDigest(
  commands: readonly Command[],
  results: readonly CommandResult[],
): string {
  if (commands.length !== results.length) {
    throw new TypeError(`${commands.length} commands cannot have ${results.length} results`);
  }
  const hash = createHash("sha256");
  for (const [index, command] of commands.entries()) {
    const result = results[index]!;
    if (!isGuarded(command)) continue;
    hash.update(exactStdout.get(result) ?? result.stdout).update(`\n${result.status}\n`);
  }
  return hash.digest("hex");
}
