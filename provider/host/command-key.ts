/** When two commands are the same question. */
import { createHash } from "node:crypto";
import type { Command } from "../freebsd/command.js";

/** Equal for commands that do the same. A digest, because input may be a secret. */
export function commandKey(command: Command): string {
  const hash = createHash("sha256").update(JSON.stringify(command.argv));
  hash.update(`\n${command.shellFunction?.text ?? ""}\n${command.detached === true}\n`);
  return hash.update(command.input ?? "").digest("hex");
}
