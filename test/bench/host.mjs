/** Starts the embedded host as a child and calls it. */
import { fork } from "node:child_process";
import { once } from "node:events";

/**
 * Resolves with functions that ask the host: `counters()`, `latency(ms)`, `run({ line, input })` … (host-process.mjs), and
 * `login`, the `host` input for the provider. Another seed is another machine.
 */
export async function startHost(seed = 1) {
  const child = fork(new URL("host-process.mjs", import.meta.url), [`${seed}`], {
    stdio: "inherit",
  });
  await once(child, "message");
  const waiting = new Map();
  child.on("message", ({ id, answer, error }) => {
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(answer);
    else reject(new Error(error));
  });
  let last = 0;
  const call = (name, argument) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve, reject });
      child.send({ id, call: name, argument });
    });
  return {
    login: await call("login"),
    counters: () => call("counters"),
    latency: (milliseconds) => call("latency", milliseconds),
    run: (command) => call("run", command),
    forgetPrograms: () => call("forgetPrograms"),
    programs: () => call("programs"),
    defects: () => call("defects"),
    stop: () => child.disconnect(),
  };
}
