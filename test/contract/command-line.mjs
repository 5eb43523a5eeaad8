/** Starts the contract suite's command line, for its tests. */
import { join } from "node:path";
import { execa } from "execa";

/** In a process group of its own, so that a test can kill all of it. */
export function startSuite(args) {
  const options = { reject: false, all: true, stdin: "ignore", detached: true };
  return execa("node", [join(import.meta.dirname, "run.mjs"), ...args], options);
}
