/** The default transport: the npm package ssh2. */
import type { Client, ClientChannel, ExecOptions } from "ssh2";
import { becomeRefused, type Place, shellRefused } from "./error-texts.js";
import type { HostSpec } from "./host-spec.js";
import { keepAlive } from "./keepalive.js";
import { retryDial } from "./retry.js";
import { type Dialled, dial } from "./ssh2-dial.js";
import type { Terminal, Window } from "./terminal.js";
import { type Channel, ChannelRefused, ConnectionGone, type Transport } from "./transport.js";

/** Connects, with the patience that `spec` asks for. Throws `HostError`. */
export async function connectSsh2(spec: HostSpec, place: Place): Promise<Transport> {
  const dialled = await retryDial(place, spec.dialErrorLimit, () => dial(spec, place.secrets));
  const { client, socket } = dialled;
  const closed = watch(dialled);
  return {
    name: spec.name,
    closed,
    openShell: (command) => openShell(client, command).then(makeChannel),
    openTerminal: (command, window) => openTerminal(client, command, window),
    explainShell: (status, stderr) => ({
      passing: false,
      error: spec.become
        ? becomeRefused(place, spec.become, stderr)
        : shellRefused(place, stderr, status),
    }),
    end: () => dialled.end(),
    setBusy: (busy) => (busy ? socket.ref() : socket.unref()),
  };
}

/** Resolves with the cause when the connection is gone; takes care that nobody is left waiting. */
function watch(dialled: Dialled): Promise<string> {
  const { client, socket } = dialled;
  return new Promise((resolve) => {
    let cause = "closed by the host";
    const drop = (reason: string) => {
      cause = reason;
      dialled.end();
    };
    // Without a listener for its whole life, a late socket error would end the process.
    client.on("error", (error) => {
      cause = error.message;
    });
    client.once("close", () => {
      dialled.end();
      resolve(cause);
    });
    socket.on("error", (error) => {
      cause = error.message;
    });
    socket.once("close", () => resolve(cause));
    keepAlive(client, drop);
  });
}

function openShell(
  client: Client,
  command: string,
  options: ExecOptions = {},
): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    const open = (error: Error | undefined, channel: ClientChannel) => {
      if (!error) resolve(channel);
      else if (/no response|not connected/i.test(error.message)) {
        reject(new ConnectionGone(error.message));
      } else reject(new ChannelRefused(error.message));
    };
    try {
      client.exec(command, options, open);
    } catch (error) {
      reject(new ConnectionGone((error as Error).message));
    }
  });
}

async function openTerminal(
  client: Client,
  command: string,
  window?: Window,
): Promise<Terminal> {
  const size = ({ rows, columns: cols }: Window) => ({ rows, cols, width: 0, height: 0 });
  const term = process.env.TERM ?? "xterm";
  const options = window === undefined ? {} : { pty: { ...size(window), term } };
  const stream = await openShell(client, command, options);
  const channel = makeChannel(stream);
  return {
    channel,
    exit: channel.exit,
    resize: ({ rows, columns }) => stream.setWindow(rows, columns, 0, 0),
    destroy: channel.destroy,
  };
}

function makeChannel(channel: ClientChannel): Channel {
  const exit = new Promise<{ status?: number; cause: string }>((resolve) => {
    let status: number | undefined;
    let cause = "the channel was closed";
    channel.once("exit", (code: number | null, signal?: string) => {
      status = code ?? undefined;
      cause = signal ? `the shell was ended by ${signal}` : `the shell ended with ${code}`;
    });
    channel.once("close", () => resolve({ status, cause }));
  });
  return {
    stdin: channel,
    stdout: channel,
    stderr: channel.stderr,
    exit,
    destroy: () => {
      channel.close();
    },
  };
}
