/** A CLI that is killed with all its helpers, as by the power going. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";
import type { Stack } from "../../cli/harness.js";

export interface Doomed {
  /** Kills the CLI, the program and the provider, and waits for the CLI's end. */
  kill(): Promise<void>;
}

/** Starts an up that is to be killed. */
export function startDoomedUp(stack: Stack): Doomed {
  const args = ["up", "--yes", "--skip-preview", "--stack", stack.name];
  const child = spawn("pulumi", args, { cwd: stack.project, env: stack.env, stdio: "ignore" });
  const ended = once(child, "exit");
  return {
    async kill() {
      const { pid } = child;
      if (pid === undefined) throw new Error("pulumi did not start");
      // Parents first, so that none of them notices that a child is gone and writes it down.
      for (const each of [pid, ...(await descendantsOf(pid))]) killNow(each);
      await ended;
    },
  };
}

/** Ids of the processes that a process started, directly or not; the CLI puts them in groups of their own. */
async function descendantsOf(root: number): Promise<number[]> {
  const { stdout } = await promisify(execFile)("ps", ["-A", "-o", "pid=,ppid="]);
  const pairs = stdout.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
  const found = [root];
  // The list grows while it is walked: children of children follow.
  for (const parent of found) {
    found.push(...pairs.filter(([, above]) => above === parent).map(([pid]) => pid!));
  }
  return found.slice(1);
}

function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // It may have ended between the list and the signal.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
