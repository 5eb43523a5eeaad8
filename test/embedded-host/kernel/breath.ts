/** Lets timers and sockets have their turn when processes keep the machine busy. */

const SLICE = 8;
let last = performance.now();

/**
 * Undefined while the present time slice lasts, then a promise that resolves after the event loop has turned.
 * Spawning and shell loops ask: without it a busy script would hold up every connection and every timer.
 */
export function breathe(): Promise<void> | undefined {
  if (performance.now() - last < SLICE) return undefined;
  return new Promise((resolve) =>
    setImmediate(() => {
      last = performance.now();
      resolve();
    }),
  );
}
