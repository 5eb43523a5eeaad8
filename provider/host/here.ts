/** Programs that a person sees where this process runs. */
import { spawn } from "node:child_process";
import type { Terminal } from "./transport.js";

/** A program that has this process's own input, output and terminal. */
export function runHere(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Terminal {
  const { TERM } = process.env;
  const child = spawn(file, args, {
    env: { ...env, ...(TERM === undefined ? {} : { TERM }) },
    stdio: "inherit",
  });
  const exit = new Promise<{ status?: number; cause: string }>((resolve) => {
    child.once("error", ({ message }) => resolve({ cause: message }));
    child.once("close", (code, signal) =>
      resolve(
        code === null
          ? { cause: `ended by ${signal}` }
          : { status: code, cause: `ended with ${code}` },
      ),
    );
  });
  return { exit, resize: () => undefined, destroy: () => void child.kill("SIGHUP") };
}
