/** The transport for Pulumi on the FreeBSD host itself: runs /bin/sh. */
import { type ChildChannel, spawnChannel } from "./child-channel.js";
import { becomeRefused, type Place, shellRefused } from "./error-texts.js";
import { runHere } from "./here.js";
import type { HostSpec } from "./host-spec.js";
import type { Terminal, Transport } from "./transport.js";

/** What a shell may know of the user that runs it. */
const KEPT_VARIABLES = ["HOME", "USER", "LOGNAME"];

/**
 * Who has a terminal, or belongs to its session, can type into it (TIOCSTI of tty(4)): a jail would give commands to the
 * shell that we were called from. So it gets one of its own by script(1), or pipes in a session of its own.
 */
export const ownTerminal = (command: string): [file: string, args: string[]] => [
  "/usr/bin/script",
  ["-q", "/dev/null", "/bin/sh", "-c", command],
];

async function openPipes(
  [file, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
): Promise<Terminal> {
  const channel = await spawnChannel(file, args, env);
  const destroy = () => {
    channel.hangUp();
    channel.destroy();
  };
  return { channel, exit: channel.exit, resize: () => undefined, destroy };
}

/** "Connects" to this machine. */
export function connectLocal(spec: HostSpec, place: Place): Transport {
  const shells = new Set<ChildChannel>();
  let close: (cause: string) => void;
  const closed = new Promise<string>((resolve) => {
    close = resolve;
  });
  const env = Object.fromEntries(
    KEPT_VARIABLES.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
  return {
    name: spec.name,
    closed,
    async openShell(command) {
      const shell = await spawnChannel("/bin/sh", ["-c", command], env);
      shells.add(shell);
      void shell.exit.then(() => shells.delete(shell));
      return shell;
    },
    openTerminal: async (command, window) =>
      window === undefined
        ? await openPipes(["/bin/sh", "-c", command], env)
        : runHere(...ownTerminal(command), env),
    explainShell: (status, stderr) => ({
      passing: false,
      error: spec.become
        ? becomeRefused(place, spec.become, stderr)
        : shellRefused(place, stderr, status),
    }),
    end() {
      for (const shell of shells) shell.destroy();
      close("closed");
    },
    setBusy(busy) {
      for (const shell of shells) shell.setBusy(busy);
    },
  };
}
