/** Runs other programs for the set-up tools. Node built-ins only: nothing is installed yet when this runs. */
import { spawn } from "node:child_process";

/**
 * Runs a program to its end. It gets a process group of its own, so that a time limit (milliseconds) or an
 * interrupt ends its children too: npm and installers start others that would otherwise run on.
 * With `show` the output goes to this process's own, and nothing is collected.
 */
export function run(file, args, { cwd, env, limit, show = false } = {}) {
  return new Promise((resolve) => {
    const out = show ? "inherit" : "pipe";
    const options = { cwd, env: { ...process.env, ...env }, stdio: ["ignore", out, out] };
    const child = spawn(file, args, { ...options, detached: true });
    const guard = guardGroup(child, limit);
    const result = { status: 127, stdout: "", stderr: "" };
    child.stdout?.on("data", (data) => {
      result.stdout += data;
    });
    child.stderr?.on("data", (data) => {
      result.stderr += data;
    });
    child.on("error", (error) => {
      guard.release();
      resolve({ ...result, stderr: error.message });
    });
    child.on("close", (code) => {
      guard.release();
      resolve({ ...result, status: code ?? 1, stderr: guard.expired() ?? result.stderr });
    });
  });
}

/** As `run`, and throws with what the program said when it failed. */
export async function mustRun(file, args, options) {
  const result = await run(file, args, options);
  if (result.status === 0) return result;
  const said = shorten((result.stderr.trim() || result.stdout.trim()).split("\n"));
  throw new Error(`${file} ${args.join(" ")}: status ${result.status}\n${said}`.trimEnd());
}

/** Compilers say the cause first, installers last. */
function shorten(lines, first = 20, last = 10) {
  if (lines.length <= first + last) return lines.join("\n");
  return [...lines.slice(0, first), "…", ...lines.slice(-last)].join("\n");
}

/** Ends the child's process group at the limit and when this process is interrupted. */
function guardGroup(child, limit) {
  let expired = false;
  const end = () => killGroup(child.pid);
  const interrupt = (signal) => {
    end();
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  const timer = limit
    ? setTimeout(() => {
        expired = true;
        end();
      }, limit)
    : undefined;
  process.once("SIGINT", interrupt);
  process.once("SIGTERM", interrupt);
  return {
    expired: () => (expired ? `ended after ${limit / 1000} s without a result` : undefined),
    release() {
      clearTimeout(timer);
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
}

function killGroup(pid) {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGTERM");
  } catch (error) {
    // ESRCH: the group has ended by itself meanwhile, which is what was wanted.
    if (error.code !== "ESRCH") throw error;
  }
}
