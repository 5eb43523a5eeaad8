/** A local process as a channel: for the transports that run a program (`local`, `openssh`). */
import type { Readable, Writable } from "node:stream";
import type { Channel } from "./transport.js";

interface Referable {
  ref?(): void;
  unref?(): void;
}

/** A channel whose process can be kept from holding up the exit of this one. */
export interface ChildChannel extends Channel {
  setBusy(busy: boolean): void;
  /** Tells the process that its terminal is gone, which ends what does not expect that. */
  hangUp(): void;
}

/**
 * Starts a program, without a shell in between, in a session and process group of its own (so that a
 * deadline can end the group without ending us). Its environment is `env` and nothing else: what Pulumi's
 * process has there (passphrases, tokens) must not reach a jail.
 */
export async function spawnChannel(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ChildChannel> {
  const { execa } = await import("execa");
  const child = execa(file, args, {
    env,
    extendEnv: false,
    detached: true,
    stdin: "pipe",
    buffer: false,
    reject: false,
    stripFinalNewline: false,
    encoding: "buffer",
  });
  const { stdin, stdout, stderr } = child as unknown as {
    stdin: Writable;
    stdout: Readable;
    stderr: Readable;
  };
  const exit = child.then((result) => ({
    status: result.exitCode,
    cause: result.shortMessage ?? "the shell ended",
  }));
  const handles: Referable[] = [
    child,
    stdin as Referable,
    stdout as Referable,
    stderr as Referable,
  ];
  return {
    stdin,
    stdout,
    stderr,
    exit,
    destroy: () => {
      stdin.destroy();
      stdout.destroy();
      stderr.destroy();
    },
    hangUp: () => void child.kill("SIGHUP"),
    setBusy: (busy) => {
      for (const handle of handles) busy ? handle.ref?.() : handle.unref?.();
    },
  };
}
