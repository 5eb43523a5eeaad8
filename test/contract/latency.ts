/** A line that is now quick and now slow. */
import type { EmbeddedHost } from "../embedded-host/index.js";

const MOST = 30;
const CHANGE_EVERY = 50;

/** Varies the delay of a host's line from 0 to 30 ms until the answer is called. The seed makes a run repeatable. */
export function varyLatency(host: EmbeddedHost, seed = Date.now() % 2 ** 31): () => void {
  console.log(`latency of 0 to ${MOST} ms by seed ${seed}`);
  let state = seed;
  const timer = setInterval(() => {
    // The generator that POSIX gives as an example for rand(): good enough for a line.
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    host.faults.latency(Math.floor((state / 2 ** 31) * (MOST + 1)));
  }, CHANGE_EVERY);
  return () => {
    clearInterval(timer);
    host.faults.latency(0);
  };
}
