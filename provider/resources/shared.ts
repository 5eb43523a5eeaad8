/** Questions that are the same for every resource of a host. */
import type { Command } from "../freebsd/command.js";

/** A command that is its own wide form: asked once for a burst of reads. */
export function shareAnswer(command: Command): Command {
  return { ...command, wide: { command, pick: (result) => result } };
}
