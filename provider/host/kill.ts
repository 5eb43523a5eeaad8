/** Ends what a worker runs, from outside, and makes sure that it has ended. */
import { makeNonce } from "./script.js";
import type { Channel } from "./transport.js";

const PATIENCE = 30_000;

/**
 * Kills a process group and waits until it is gone: until then its locks are held and it may still
 * write. Returns whether it is gone.
 */
export async function killGroup(channel: Channel, group: number): Promise<boolean> {
  const nonce = makeNonce();
  // Group 0 would be the killer's own, 1 is init's.
  if (!Number.isInteger(group) || group <= 1) {
    channel.destroy();
    return false;
  }
  const answered = waitFor(channel, nonce);
  channel.stdin.write(killText(group, nonce));
  const gone = await answered;
  channel.destroy();
  return gone;
}

/** What the shell of another channel is told. */
export function killText(group: number, nonce: string): string {
  return `PATH=/sbin:/bin:/usr/sbin:/usr/bin
kill -s KILL -- -${group} 2>/dev/null
i=0
while kill -s 0 -- -${group} 2>/dev/null && [ "$i" -lt 100 ]; do
sleep 0.1
i=$((i + 1))
done
kill -s 0 -- -${group} 2>/dev/null && echo ${nonce} alive || echo ${nonce} gone
exit
`;
}

/** Resolves with true when "<nonce> gone" comes, with false when it does not. */
function waitFor(channel: Channel, nonce: string): Promise<boolean> {
  return new Promise((resolve) => {
    let text = "";
    const timer = setTimeout(() => resolve(false), PATIENCE);
    const settle = (gone: boolean) => {
      clearTimeout(timer);
      resolve(gone);
    };
    channel.stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.includes(`${nonce} gone`)) settle(true);
      else if (text.includes(`${nonce} alive`)) settle(false);
    });
    channel.stderr.resume();
    for (const stream of [channel.stdin, channel.stdout, channel.stderr]) {
      stream.on("error", () => settle(false));
    }
    void channel.exit.then(() => settle(text.includes(`${nonce} gone`)));
  });
}
