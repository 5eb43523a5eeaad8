/** A transport over this machine's /bin/sh that can be told to misbehave. */
import { PassThrough, Transform } from "node:stream";
import { type ChildChannel, spawnChannel } from "../../../provider/host/child-channel.js";
import { shellRefused } from "../../../provider/host/error-texts.js";
import {
  type Channel,
  ChannelRefused,
  ConnectionGone,
  type Transport,
} from "../../../provider/host/transport.js";
import type { Tools } from "./tools.js";

export interface Behaviour {
  /** Channels at once; more are refused. */
  channels?: number;
  /** Refuses this many channels, whatever is open. */
  refuseNext?: number;
  /** What runs in the place of the shell. */
  command?: string;
}

export interface ShellTransport extends Transport {
  readonly opened: number;
  readonly busy: boolean;
  readonly ended: boolean;
  /** Loses the connection; what runs goes on. */
  cut(): void;
}

const place = { host: "test", secrets: [] };

export function makeShellTransport(tools: Tools, behaviour: Behaviour = {}): ShellTransport {
  const shells = new Set<ChildChannel>();
  let lose: (cause: string) => void = () => undefined;
  const closed = new Promise<string>((resolve) => {
    lose = resolve;
  });
  const state = { opened: 0, open: 0, busy: false, ended: false };
  const close = (cause: string) => {
    state.ended = true;
    for (const shell of shells) shell.destroy();
    lose(cause);
  };
  return {
    name: "test",
    closed,
    get opened() {
      return state.opened;
    },
    get busy() {
      return state.busy;
    },
    get ended() {
      return state.ended;
    },
    async openShell(command) {
      if (state.ended) throw new ConnectionGone("connection has ended");
      const { channels = 10, refuseNext = 0 } = behaviour;
      if (refuseNext > 0) behaviour.refuseNext = refuseNext - 1;
      if (refuseNext > 0 || state.open >= channels) throw new ChannelRefused("open failed");
      state.opened++;
      state.open++;
      const shell = await spawnChannel("/bin/sh", ["-c", behaviour.command ?? command], {});
      shells.add(shell);
      void shell.exit.then(() => {
        state.open--;
        shells.delete(shell);
      });
      return adaptChannel(shell, tools, closed);
    },
    openTerminal: () => Promise.reject(new ChannelRefused("no terminals")),
    explainShell: (status, stderr) => ({
      passing: stderr.includes("try again"),
      error: shellRefused(place, stderr, status),
    }),
    end: () => close("closed"),
    cut: () => close("cut"),
    setBusy: (busy) => {
      state.busy = busy;
    },
  };
}

/**
 * Rewrites what is sent for this machine, and ends without the process ending when the connection
 * is cut.
 */
function adaptChannel(shell: ChildChannel, tools: Tools, closed: Promise<string>): Channel {
  const stdin = new Transform({
    transform: (chunk, _encoding, done) => done(null, tools.adapt(chunk.toString())),
  });
  stdin.pipe(shell.stdin);
  return {
    stdin,
    stdout: shell.stdout.pipe(new PassThrough()),
    stderr: shell.stderr.pipe(new PassThrough()),
    exit: Promise.race([shell.exit, closed.then((cause) => ({ cause }))]),
    destroy: () => shell.destroy(),
  };
}
