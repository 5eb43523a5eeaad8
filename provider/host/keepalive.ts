/** Finds out that a peer has vanished without a word. */
import type { Client } from "ssh2";

const INTERVAL = 15_000;
const MISSED = 3;

/**
 * Asks the peer for a sign of life every 15 s and drops the connection when three stay unanswered.
 * Like ssh2's own keepalive, but the timer does not keep an idle process alive. Any answer is a
 * sign of life: cancelling a forwarding that does not exist is refused, and does nothing.
 */
export function keepAlive(
  client: Pick<Client, "unforwardIn" | "once">,
  drop: (cause: string) => void,
): void {
  let missed = 0;
  const timer = setInterval(() => {
    if (missed >= MISSED) {
      drop("no sign of life");
      return;
    }
    missed++;
    try {
      client.unforwardIn("127.0.0.1", 0, () => {
        missed = 0;
      });
    } catch (error) {
      // ssh2 throws when its socket is already shut for writing.
      drop((error as Error).message);
    }
  }, INTERVAL);
  timer.unref();
  client.once("close", () => clearInterval(timer));
}
