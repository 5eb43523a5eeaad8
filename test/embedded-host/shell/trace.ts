/** set -x. */
import type { Simple } from "./ast.js";
import { expandAssignment } from "./expand.js";
import type { Shell } from "./shell.js";

/** What `set -x` shows of a command. */
export async function trace(sh: Shell, node: Simple, argv: readonly string[]): Promise<void> {
  const words = [...argv];
  if (words.length === 0) {
    for (const { name, value } of node.assignments) {
      words.push(`${name}=${await expandAssignment(sh, value)}`);
    }
  }
  const prefix = sh.variables.get("PS4") ?? "+ ";
  sh.process.stderr.write(
    Buffer.from(`${prefix}${words.map(quoteForTrace).join(" ")}\n`, "latin1"),
  );
}

function quoteForTrace(word: string): string {
  if (word !== "" && /^[-\w=+./:,@%^]+$/.test(word)) return word;
  return `'${word.replace(/'/g, "'\\''")}'`;
}
